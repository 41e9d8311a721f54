import type { Clock } from '@loyalnest/core';
import { runOutsideContext, type AdaptiveLimit } from '@loyalnest/core/toolkit';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from '../server/request-body.js';

/**
 * Counts the requests that the service works on, and measures them. A request counts from the moment when
 * its body has arrived until its answer exists, so that clients that send or read slowly take no place.
 */
export class InFlight {
  private readonly arriving = new Set<CountedRequest>();
  private readonly begun = new Set<CountedRequest>();
  private willLook = false;
  private readonly look = (): void => {
    this.willLook = false;
    this.beginComplete();
  };

  constructor(
    private readonly limiter: AdaptiveLimit,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  get size(): number {
    return this.begun.size;
  }

  track(req: IncomingMessage, res: ServerResponse): void {
    const request = new CountedRequest(req, res);
    this.arriving.add(request);
    if (hasBody(req)) {
      req.on('end', () => this.begin(request));
      this.lookSoon();
    } else this.begin(request);
    // The whole answer exists. Its client may take long to read it, which says nothing about the service.
    // Over HTTP/2, Node reports no such moment.
    const answered = req.httpVersionMajor < 2 ? 'prefinish' : 'finish';
    res.on(answered, () => this.end(request, true));
    res.on('close', () => this.end(request, false));
  }

  /**
   * Call it about once a second. Forgets the requests whose answer has begun: event streams, downloads, and
   * answers that a slow client reads, which may take hours. Also forgets pipelined requests whose connection
   * has closed: Node before 24 reports that only to the first of them.
   */
  sweep(): void {
    this.beginComplete();
    for (const request of [...this.arriving, ...this.begun]) {
      const { req, res } = request;
      if (req.socket.destroyed) this.end(request, false);
      else if (res.headersSent) this.forget(request);
    }
  }

  /** A handler that does not read the body never sees its end, so the request itself is asked. */
  private beginComplete(): void {
    for (const request of this.arriving) if (request.req.complete) this.begin(request);
  }

  /** A body that came in the same packet as the headers is complete after this turn of the loop. */
  private lookSoon(): void {
    if (this.willLook) return;
    this.willLook = true;
    runOutsideContext(() => setImmediate(this.look));
  }

  private begin(request: CountedRequest): void {
    if (!this.arriving.delete(request)) return;
    request.startedAt = this.clock.monotonic();
    this.begun.add(request);
  }

  private end(request: CountedRequest, isAnswered: boolean): void {
    const inFlight = this.begun.size;
    this.arriving.delete(request);
    if (!this.begun.delete(request)) return;
    const latencyMs = this.clock.monotonic() - request.startedAt;
    if (isAnswered) this.limiter.observe(latencyMs, inFlight);
    else this.limiter.observeCutOff(latencyMs, inFlight);
  }

  private forget(request: CountedRequest): void {
    this.arriving.delete(request);
    this.begun.delete(request);
  }
}

class CountedRequest {
  startedAt = 0;

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
  ) {}
}
