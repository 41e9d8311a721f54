import {
  DeadlineExceededError,
  currentContext,
  SystemClock,
  type Clock,
  type DeadlineSource,
} from '@loyalnest/core';
import { onHttpEntry, TimeoutQueue, type Expiring, type HttpEntry } from '@loyalnest/core/toolkit';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { endUnfinishedBody } from '../server/unfinished-body.js';
import { ignoreLateWrites } from './ignore-late-writes.js';
import { MODULE_OPTIONS_TOKEN } from './request-deadline.module-definition.js';
import type { RequestDeadlineOptions } from './request-deadline.options.js';

/**
 * Answers with {@link DeadlineExceededError} if no answer has begun by the deadline of the request
 * context, whatever holds the request: its body, a guard, the route or, on Express, middleware. An
 * interceptor would not see bodies and guards, and would cost each request several times as much.
 */
@Injectable()
export class RequestDeadlines {
  private readonly waiting: TimeoutQueue<LimitedRequest>;

  constructor(
    host: HttpAdapterHost,
    @Inject(MODULE_OPTIONS_TOKEN) { clock = new SystemClock() }: RequestDeadlineOptions,
  ) {
    this.waiting = new TimeoutQueue<LimitedRequest>(clock, (request) => {
      this.waiting.remove(request);
      request.expire();
    });
    onHttpEntry(host, (entry, proceed) => {
      const deadline = currentContext()?.deadline;
      if (deadline === undefined) {
        proceed();
        return;
      }
      const { remainingMs, source } = deadline;
      if (remainingMs === 0) {
        endUnfinishedBody(entry.req, entry.res, clock);
        proceed(new DeadlineExceededError(targetOf(entry.req), 0, source));
        return;
      }
      const dueAtMs = clock.monotonic() + remainingMs;
      const request = new LimitedRequest(entry, remainingMs, source, dueAtMs, clock);
      this.waiting.add(request);
      entry.res.on('close', () => this.waiting.remove(request));
      proceed();
    });
  }
}

class LimitedRequest implements Expiring<LimitedRequest> {
  previous: LimitedRequest | undefined;
  next: LimitedRequest | undefined;

  constructor(
    private readonly entry: HttpEntry,
    private readonly timeoutMs: number,
    private readonly source: DeadlineSource,
    public dueAtMs: number,
    private readonly clock: Clock,
  ) {}

  /** The queue calls it in the context of the request. */
  expire(): void {
    const { req, res } = this.entry;
    if (res.headersSent) return;
    // Otherwise a client that sends its body slowly would hold the connection after the answer.
    endUnfinishedBody(req, res, this.clock);
    this.entry.fail(new DeadlineExceededError(targetOf(req), this.timeoutMs, this.source));
    ignoreLateWrites(res);
  }
}

/** Returns the method and path of a request, without its query. */
function targetOf({ method, url = '/' }: HttpEntry['req']): string {
  return `${method} ${url.split('?', 1)[0]}`;
}
