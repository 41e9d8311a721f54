import { CONTEXT_HEADERS, CORRELATION_ID } from '@loyalnest/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { detailsOf, PROBLEM_JSON } from '../problem-details/details-of.js';
import { problemOf } from '../problem-details/problem-of.js';
import { OverloadedError } from './overloaded.error.js';

const STATUS = 503;

/** Answers refused requests. What can be prepared is prepared, because a refusal must cost little. */
export class Refusal {
  private readonly start: string;
  /** Set when the process shuts down, so that clients connect elsewhere. */
  closesConnections = false;

  constructor(private readonly retryAfterMs: number) {
    const problem = problemOf(new OverloadedError('read', 'loop-late', retryAfterMs));
    const detail = 'The service has too much work. Nothing was done; send the request again later.';
    const { instance: _path, ...body } = detailsOf({ ...problem, detail }, '');
    this.start = `${JSON.stringify(body).slice(0, -1)},"instance":`;
  }

  answer({ headers, url = '/' }: IncomingMessage, res: ServerResponse): void {
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
    if (this.closesConnections && res.req.httpVersionMajor < 2) sent['connection'] = 'close';
    res.writeHead(STATUS, sent).end(body);
  }
}
