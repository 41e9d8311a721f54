import { currentContext, writeContextHeaders } from '@loyalnest/core';
import { originMatcher, type PropagationOptions } from './known-origins.js';

/** The part of an axios request that is used. */
interface AxiosRequest {
  readonly baseURL?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: {
    has(name: string): boolean;
    set(name: string, value: string): unknown;
  };
  timeout?: number | undefined;
  signal?: unknown;
  beforeRedirect?: ((next: Redirected, ...rest: never[]) => void) | undefined;
}

/** The request that a redirect leads to. */
type Redirected = Record<string, any>;

/** The part of an axios instance that is used, so that this package does not depend on axios. */
interface AxiosLike {
  readonly interceptors: {
    readonly request: {
      use(interceptor: <Request extends AxiosRequest>(request: Request) => Request): number;
      eject(id: number): void;
    };
  };
  getUri(request: object): string;
}

/**
 * Makes an axios instance send the headers of the request context to known origins, also after a
 * redirect. Headers of the call take precedence. Calls to every origin end with the context's deadline
 * and signal, through axios's `timeout` and `signal`.
 *
 * @returns a function that removes the interceptor
 * @throws OptionError for an invalid origin
 */
export function propagateWithAxios(axios: AxiosLike, options: PropagationOptions): () => void {
  const isKnown = originMatcher('propagateWithAxios', options);
  const propagate = <Request extends AxiosRequest>(request: Request): Request => {
    const context = currentContext();
    if (!context) return request;
    const url = URL.parse(axios.getUri(request));
    if (url && isKnown(url)) {
      const added = Object.entries(writeContextHeaders(context)).filter(
        ([name]) => !request.headers.has(name),
      );
      for (const [name, value] of added) request.headers.set(name, value);
      const { beforeRedirect } = request;
      request.beforeRedirect = (next, ...rest) => {
        if (!isKnown(new URL(String(next['href'])))) {
          for (const [name] of added) delete next['headers'][name];
        }
        beforeRedirect?.(next, ...rest);
      };
    }
    const { deadline, signal } = context;
    if (deadline) {
      // To axios, 0 means no limit.
      const leftMs = Math.max(1, Math.floor(deadline.remainingMs));
      request.timeout = Math.min(request.timeout || Infinity, leftMs);
    }
    if (signal) {
      request.signal =
        request.signal instanceof AbortSignal ? AbortSignal.any([request.signal, signal]) : signal;
    }
    return request;
  };
  const { request } = axios.interceptors;
  const id = request.use(propagate);
  return () => request.eject(id);
}

/** @deprecated until version 0.3: use {@link propagateWithAxios}. */
export function carryWithAxios(axios: AxiosLike, options: PropagationOptions): () => void {
  return propagateWithAxios(axios, options);
}
