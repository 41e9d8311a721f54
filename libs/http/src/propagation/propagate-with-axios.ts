import { currentContext, writeContextHeaders } from '@loyalnest/core';
import { originMatcher, type PropagationOptions } from './known-origins.js';

/** What an axios interceptor sees of a request. */
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

/** The part of an axios instance that is used; axios itself is not needed here. */
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
 * Lets an axios instance carry the current request's context: its headers to known origins, unless
 * the call sets them itself, and for every origin its end, by axios's `timeout` and `signal`. A
 * redirect takes the headers along to known origins only.
 *
 * @returns takes it away again
 * @throws OptionError for an origin that is none
 */
export function propagateWithAxios(axios: AxiosLike, options: PropagationOptions): () => void {
  const isKnown = originMatcher('propagateWithAxios', options);
  const propagate = <Request extends AxiosRequest>(request: Request): Request => {
    const context = currentContext();
    if (!context) return request;
    const url = URL.parse(axios.getUri(request));
    if (url && isKnown(url)) {
      const carried = Object.entries(writeContextHeaders(context)).filter(
        ([name]) => !request.headers.has(name),
      );
      for (const [name, value] of carried) request.headers.set(name, value);
      const { beforeRedirect } = request;
      request.beforeRedirect = (next, ...rest) => {
        if (!isKnown(new URL(String(next['href'])))) {
          for (const [name] of carried) delete next['headers'][name];
        }
        beforeRedirect?.(next, ...rest);
      };
    }
    const { deadline, signal } = context;
    if (deadline) {
      // 0 is no limit to axios.
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
