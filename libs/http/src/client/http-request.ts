import { OptionError, type Duration } from '@loyalnest/core';
import { warnDeprecatedOption } from '@loyalnest/core/toolkit';

/** One request of {@link HttpClient}. */
export interface HttpRequest {
  readonly url: string | URL;
  /** @defaultValue 'GET', or 'POST' if there is a body */
  readonly method?: string;
  /** Take precedence over the headers of the context. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent byte for byte; excludes `json`. */
  readonly body?: Uint8Array | string;
  /** Sent as JSON with its content type; excludes `body`. */
  readonly json?: unknown;
  /** Limit for the whole exchange; the context's deadline may shorten it. @defaultValue the module's */
  readonly timeout?: Duration;
  /** Max size of the answer in bytes. @defaultValue the module's */
  readonly maxResponseBytes?: number;
  /** Ends the exchange at once; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Returns whether a status rejects with `HttpResponseError`. @defaultValue 400 and above */
  readonly isError?: (status: number) => boolean;
  /**
   * Whether to send the request context: correlation id, trace, merchant, user, remaining time. Set it
   * to false for third parties. @defaultValue true
   */
  readonly propagateContext?: boolean;
  /** @deprecated until version 0.3: use `propagateContext`. */
  readonly carryContext?: boolean;
}

/** Everything about a request except its method, URL and body. */
export type HttpRequestOptions = Omit<HttpRequest, 'url' | 'method' | 'body' | 'json'>;

/** @throws {@link OptionError} if both names of the option are set: they may contradict each other */
export function propagatesContext({ propagateContext, carryContext }: HttpRequest): boolean {
  if (carryContext === undefined) return propagateContext !== false;
  const path = 'HttpRequest.carryContext';
  if (propagateContext !== undefined) {
    const remedy = 'remove it: it is the old name of propagateContext, which is set';
    throw new OptionError(path, carryContext, remedy);
  }
  warnDeprecatedOption(path, 'propagateContext');
  return carryContext;
}
