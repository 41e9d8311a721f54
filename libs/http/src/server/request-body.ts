import type { IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

/** Returns whether a request of HTTP/1 or HTTP/2 announces a body. */
export function hasBody(req: IncomingMessage): boolean {
  const { headers } = req;
  // HTTP/2 needs neither header.
  const { stream } = req as IncomingMessage & { readonly stream?: ServerHttp2Stream };
  if (stream) return !stream.endAfterHeaders;
  const { 'content-length': length } = headers;
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Returns how many bytes of body a request announces; Infinity if it does not say. */
export function announcedBytes(req: IncomingMessage): number {
  if (!hasBody(req)) return 0;
  const { 'content-length': length } = req.headers;
  return length === undefined ? Infinity : Number(length);
}
