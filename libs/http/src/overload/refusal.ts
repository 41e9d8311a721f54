import { CONTEXT_HEADERS, CORRELATION_ID, type Clock } from '@loyalnest/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { detailsOf, PROBLEM_JSON } from '../problem-details/details-of.js';
import { problemOf } from '../problem-details/problem-of.js';
import { endUnfinishedBody } from '../server/unfinished-body.js';
import { OverloadedError } from './overloaded.error.js';

const STATUS = 503;
/** Answers refused requests. What can be prepared is prepared, because a refusal must cost little. */
export class Refusal {
  private readonly start: string;
  /** Set when the process shuts down, so that clients connect elsewhere. */
  closesConnections = false;

  constructor(
    private readonly retryAfterMs: number,
    private readonly clock: Clock,
  ) {
    const problem = problemOf(new OverloadedError('read', 'loop-late', retryAfterMs));
    const detail = 'The service has too much work. Nothing was done; send the request again later.';
    const { instance: _path, ...body } = detailsOf({ ...problem, detail }, '');
    this.start = `${JSON.stringify(body).slice(0, -1)},"instance":`;
  }

  answer(req: IncomingMessage, res: ServerResponse): void {
    const { headers, url = '/' } = req;
    const query = url.indexOf('?');
    const body = `${this.start}${JSON.stringify(query < 0 ? url : url.slice(0, query))}}`;
    const seconds = Math.max(1, Math.round((this.retryAfterMs * (0.5 + Math.random())) / 1_000));
    const sent: Record<string, string | number> = {
      'content-type': PROBLEM_JSON,
      'content-length': Buffer.byteLength(body),
      'retry-after': seconds,
    };
    const id = headers[CONTEXT_HEADERS.correlationId];
    if (typeof id === 'string' && CORRELATION_ID.test(id)) sent[CONTEXT_HEADERS.correlationId] = id;
    // HTTP/2 has no such header.
    if (this.closesConnections && req.httpVersionMajor < 2) res.setHeader('connection', 'close');
    endUnfinishedBody(req, res, this.clock);
    res.writeHead(STATUS, sent);
    res.end(body);
  }
}
