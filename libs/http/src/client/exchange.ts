import type { Clock, DeadlineSource, RequestContext } from '@loyalnest/core';
import { BoundAbortController } from '@loyalnest/core/toolkit';
import type { HttpRequest } from './http-request.js';
import { HttpTimeoutError } from './http-timeout.error.js';
import { targetUrl } from './target-url.js';

/** A running exchange: its time limit and everything that may end it early. */
export class Exchange {
  readonly url: URL;
  readonly method: string;
  /** Method, origin and path, for errors. The query stays out: it may hold secrets. */
  readonly target: string;
  readonly limitMs: number;
  /** Who set the limit that the request carries to the other service. */
  readonly deadlineSource: DeadlineSource;
  readonly signal: AbortSignal;
  private readonly startedAt: number;
  private readonly releases: (() => void)[] = [];

  constructor(
    request: HttpRequest,
    context: RequestContext | undefined,
    private readonly time: { readonly clock: Clock; readonly timeoutMs: number },
  ) {
    const { clock, timeoutMs } = time;
    this.url = targetUrl(request.url);
    const hasBody = request.body !== undefined || request.json !== undefined;
    this.method = request.method ?? (hasBody ? 'POST' : 'GET');
    this.target = `${this.method} ${this.url.origin}${this.url.pathname}`;
    this.startedAt = clock.monotonic();
    const leftMs = context?.deadline?.remainingMs ?? Infinity;
    this.limitMs = Math.min(timeoutMs, leftMs);
    const controller = new BoundAbortController();
    this.signal = controller.signal;
    this.follow(request.signal, controller);
    this.follow(context?.signal, controller);
    const limit = leftMs < timeoutMs ? 'deadline' : 'timeout';
    const isCallers = limit === 'deadline' && context!.deadline!.source === 'caller';
    this.deadlineSource = isCallers ? 'caller' : 'own';
    const expire = (): void =>
      controller.abort(new HttpTimeoutError(this.target, this.limitMs, limit, this.deadlineSource));
    if (this.limitMs === 0) {
      expire();
      return;
    }
    // After a blocked event loop, the timer is late and the answer may have arrived. The poll phase
    // reads it, and runs before setImmediate.
    this.releases.push(clock.schedule(() => setImmediate(expire), this.limitMs));
  }

  get elapsedMs(): number {
    return this.time.clock.monotonic() - this.startedAt;
  }

  /** Removes the timer and the listeners. */
  end(): void {
    for (const release of this.releases) release();
  }

  /** AbortSignal.any() would keep an entry on a long-lived signal for every call. */
  private follow(source: AbortSignal | undefined, controller: AbortController): void {
    if (!source) return;
    const abort = (): void => controller.abort(source.reason);
    if (source.aborted) {
      abort();
      return;
    }
    source.addEventListener('abort', abort, { once: true });
    this.releases.push(() => source.removeEventListener('abort', abort));
  }
}
