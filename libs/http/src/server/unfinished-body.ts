import type { Clock } from '@loyalnest/core';
import { scheduleInBackground } from '@loyalnest/core/toolkit';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { announcedBytes, hasBody } from './request-body.js';

/** Bodies up to this size may still arrive after the answer, so that the connection can be used again. */
const SMALL_BODY_BYTES = 64 * 1_024;
/** How long, and for how many bytes, a client may go on sending after the answer. */
const LINGER_MS = 1_000;
const LINGER_BYTES = 256 * 1_024;

const ended = new WeakSet<IncomingMessage>();

/**
 * Makes sure that a connection ends whose request is answered before its body has arrived, at the latest 1 s
 * after the answer. Otherwise a client that sends its body slowly would hold it until the limit of the
 * server. Call it before the headers of the answer are sent; later calls do nothing.
 *
 * A body of at most 64 KiB may arrive within this second, and then the connection stays. For a larger one the
 * answer announces the end. The connection closes when the client does, after 256 KiB or after the second:
 * if it closed at once, the client's system would drop the answer and report a reset connection (RFC 9112,
 * section 9.6). HTTP/2 can end a request alone, so nothing happens there.
 */
export function endUnfinishedBody(req: IncomingMessage, res: ServerResponse, clock: Clock): void {
  // Simulated requests, such as those of Fastify's `inject()`, do not know whether they are complete.
  if (req.complete !== false || req.httpVersionMajor > 1 || !hasBody(req) || ended.has(req)) return;
  ended.add(req);
  const { socket } = req;
  // A client that waits to be invited may send no body at all, and a next request would be taken for it.
  const staysOpen = announcedBytes(req) <= SMALL_BODY_BYTES && req.headers.expect === undefined;
  if (staysOpen && res.getHeader('connection') !== 'close') {
    res.on('close', () => {
      drain(req, clock, () => {
        if (!req.complete) socket.destroy();
      });
    });
    return;
  }
  res.setHeader('connection', 'close');
  // Otherwise Node would drop what arrives without telling us how much it is.
  req.read(0);
  const { destroySoon } = socket;
  // Node calls it when the answer has been handed over.
  socket.destroySoon = () => {
    socket.end();
    drain(req, clock, () => destroySoon.call(socket));
  };
}

/** Calls {@link endUnfinishedBody} for the answer of a request, whoever writes it. */
export function watchUnfinishedBody(req: IncomingMessage, res: ServerResponse, clock: Clock): void {
  if (req.complete !== false || req.httpVersionMajor > 1 || !hasBody(req)) return;
  const { writeHead } = res as { writeHead: (...args: unknown[]) => ServerResponse };
  res.writeHead = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
    // The body has arrived in almost every case.
    if (!req.complete) endUnfinishedBody(req, res, clock);
    return Reflect.apply(writeHead, this, args);
  };
}

/** Reads and drops the rest of a body. Calls `done` once: at its end, or when the client has had enough. */
function drain(req: IncomingMessage, clock: Clock, done: () => void): void {
  const { socket } = req;
  let received = 0;
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (received > LINGER_BYTES) end();
  };
  const end = (): void => {
    cancel();
    req.off('data', count).off('end', end).off('error', end);
    socket.off('close', end);
    done();
  };
  if (req.readableEnded || req.destroyed || socket.destroyed) {
    done();
    return;
  }
  const cancel = scheduleInBackground(clock, end, LINGER_MS);
  req.on('data', count).on('end', end).on('error', end);
  socket.on('close', end);
  req.resume();
}
