import type { Duration } from '@loyalnest/core';

export interface HttpRequest {
  readonly url: string | URL;
  /** @defaultValue 'GET', or 'POST' if there is a body */
  readonly method?: string;
  /** Win over the headers of the context. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent byte for byte; excludes `json`. */
  readonly body?: Uint8Array | string;
  /** Sent as JSON with its content type; excludes `body`. */
  readonly json?: unknown;
  /** Time for the whole exchange; the context's deadline may shorten it. @defaultValue the module's */
  readonly timeout?: Duration;
  /** Longest answer that is read, in bytes. @defaultValue the module's */
  readonly maxResponseBytes?: number;
  /** Ends the exchange at once; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Which status makes the call reject with `HttpResponseError`. @defaultValue 400 and above */
  readonly isError?: (status: number) => boolean;
  /**
   * Whether the request's context (correlation id, trace, merchant, user, remaining time) is sent
   * along. Turn it off towards third parties. @defaultValue true
   */
  readonly carryContext?: boolean;
}

/** What can be said beside method, address and body. */
export type HttpRequestOptions = Omit<HttpRequest, 'url' | 'method' | 'body' | 'json'>;
