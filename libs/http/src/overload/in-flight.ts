import type { Clock } from '@loyalnest/core';
import type { AdaptiveLimit } from '@loyalnest/core/toolkit';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Counts the requests that the service works on, and measures them. A request counts from the moment when
 * its body has arrived, so that clients that send slowly take no place, until its answer has been handed
 * over.
 */
export class InFlight {
  private readonly begun = new Set<CountedRequest>();

  constructor(
    private readonly limiter: AdaptiveLimit,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  get size(): number {
    return this.begun.size;
  }

  track(req: IncomingMessage, res: ServerResponse): void {
    const request = new CountedRequest(res);
    const begin = (): void => {
      if (request.isOver) return;
      request.startedAt = this.clock.monotonic();
      this.begun.add(request);
    };
    if (hasBody(req)) req.on('end', begin);
    else begin();
    res.on('finish', () => this.end(request, true));
    res.on('close', () => this.end(request, false));
  }

  /**
   * Forgets the requests whose answer has begun: event streams, downloads, and answers that a slow client
   * reads. They may take hours. Call it about once a second.
   */
  releaseStreams(): void {
    for (const request of this.begun) {
      if (!request.res.headersSent) continue;
      request.isOver = true;
      this.begun.delete(request);
    }
  }

  private end(request: CountedRequest, isAnswered: boolean): void {
    request.isOver = true;
    const inFlight = this.begun.size;
    if (!this.begun.delete(request)) return;
    const latencyMs = this.clock.monotonic() - request.startedAt;
    if (isAnswered) this.limiter.observe(latencyMs, inFlight);
    else this.limiter.observeCutOff(latencyMs, inFlight);
  }
}

class CountedRequest {
  startedAt = 0;
  isOver = false;

  constructor(readonly res: ServerResponse) {}
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length } = headers;
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
