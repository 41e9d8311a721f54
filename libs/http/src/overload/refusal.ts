import { CONTEXT_HEADERS, CORRELATION_ID, type Clock } from '@loyalnest/core';
import { scheduleInBackground } from '@loyalnest/core/toolkit';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { detailsOf, PROBLEM_JSON } from '../problem-details/details-of.js';
import { problemOf } from '../problem-details/problem-of.js';
import { OverloadedError } from './overloaded.error.js';
import { announcedBytes } from './request-body.js';

const STATUS = 503;
/** Bodies up to this size are read and dropped, so that the connection can serve the next request. */
const SMALL_BODY_BYTES = 64 * 1_024;
/** How long, and for how many bytes, a client may go on sending a larger body. */
const LINGER_MS = 1_000;
const LINGER_BYTES = 256 * 1_024;

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
    const isHttp1 = req.httpVersionMajor < 2;
    const isLarge = announcedBytes(req) > SMALL_BODY_BYTES;
    if (isHttp1 && (this.closesConnections || isLarge)) sent['connection'] = 'close';
    res.writeHead(STATUS, sent);
    // A client that waits for an invitation to send its body sends none after this answer.
    const isInvited = headers.expect === undefined;
    if (isHttp1 && isLarge && isInvited && req.method !== 'HEAD') this.linger(req, res, body);
    else res.end(body);
  }

  /**
   * Sends the whole answer but keeps the connection for a moment. If it closed while the client still sends,
   * the client's system would drop the answer and report a reset connection (RFC 9112, section 9.6).
   */
  private linger(req: IncomingMessage, res: ServerResponse, body: string): void {
    let received = 0;
    const end = (): void => {
      cancel();
      res.end();
    };
    const cancel = scheduleInBackground(this.clock, end, LINGER_MS);
    req.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > LINGER_BYTES) end();
    });
    req.on('end', end).on('close', end).on('error', end);
    res.write(body);
  }
}
