import { currentContext, writeContextHeaders, type RequestContext } from '@loyalnest/core';
import { originMatcher, type PropagationOptions } from './known-origins.js';

/** The part of an axios request that is used. */
interface AxiosRequest {
  readonly baseURL?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: {
    has(name: string): boolean;
    get(name: string): unknown;
    set(name: string, value: string): unknown;
    delete(name: string): unknown;
  };
  timeout?: number | undefined;
  signal?: unknown;
  beforeRedirect?: ((next: Redirected, ...rest: never[]) => void) | undefined;
}

/** Where a request keeps its {@link Propagation}. axios copies it to the request of a retry. */
const PROPAGATION = 'loyalnestPropagation';

/** What was added to a request, and what was there before. */
class Propagation {
  // Private, so that an error that is printed with its request does not show them.
  readonly #added = new Map<string, string>();
  readonly #before: Pick<AxiosRequest, 'timeout' | 'signal' | 'beforeRedirect'>;
  #set: Pick<AxiosRequest, 'timeout' | 'signal' | 'beforeRedirect'> = {};

  constructor(
    readonly context: RequestContext,
    { timeout, signal, beforeRedirect }: AxiosRequest,
  ) {
    this.#before = { timeout, signal, beforeRedirect };
  }

  static of(request: AxiosRequest): Propagation | undefined {
    const known = (request as { [PROPAGATION]?: unknown })[PROPAGATION];
    return known instanceof Propagation ? known : undefined;
  }

  /** Undoes what the first attempt added, unless somebody changed it since. */
  revert(request: AxiosRequest): void {
    for (const [name, value] of this.#added) {
      if (request.headers.get(name) === value) request.headers.delete(name);
    }
    this.#added.clear();
    if (request.timeout === this.#set.timeout) request.timeout = this.#before.timeout;
    if (request.signal === this.#set.signal) request.signal = this.#before.signal;
    if (request.beforeRedirect === this.#set.beforeRedirect) {
      request.beforeRedirect = this.#before.beforeRedirect;
    }
  }

  add(request: AxiosRequest, name: string, value: string): void {
    request.headers.set(name, value);
    this.#added.set(name, value);
  }

  keep({ timeout, signal, beforeRedirect }: AxiosRequest): void {
    this.#set = { timeout, signal, beforeRedirect };
  }
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
 * and signal, through axios's `timeout` and `signal`. A retry that sends the request of an earlier
 * attempt again, as `axios-retry` does, states the time that is left then.
 *
 * @returns a function that removes the interceptor
 * @throws OptionError for an invalid origin
 */
export function propagateWithAxios(axios: AxiosLike, options: PropagationOptions): () => void {
  const isKnown = originMatcher('propagateWithAxios', options);
  const propagate = <Request extends AxiosRequest>(request: Request): Request => {
    const earlier = Propagation.of(request);
    earlier?.revert(request);
    // A retry belongs to the request that caused the first attempt, whoever starts it.
    const context = earlier?.context ?? currentContext();
    if (!context) return request;
    const propagation = new Propagation(context, request);
    const url = URL.parse(axios.getUri(request));
    if (url && isKnown(url)) {
      const added = Object.entries(writeContextHeaders(context)).filter(
        ([name]) => !request.headers.has(name),
      );
      for (const [name, value] of added) propagation.add(request, name, value);
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
    propagation.keep(request);
    return Object.assign(request, { [PROPAGATION]: propagation });
  };
  const { request } = axios.interceptors;
  const id = request.use(propagate);
  return () => request.eject(id);
}

/** @deprecated until version 0.3: use {@link propagateWithAxios}. */
export function carryWithAxios(axios: AxiosLike, options: PropagationOptions): () => void {
  return propagateWithAxios(axios, options);
}
