import { connect } from 'node:net';
import type { WireRequest } from './hostile-request.js';

const MAX_WAIT_MS = 20_000;
const CHUNK = 16_384;

export interface WireAnswer {
  /** Undefined if the connection ended without an answer. */
  readonly status: number | undefined;
  readonly body: string;
  readonly durationMs: number;
}

/** Sends a request byte for byte, as no HTTP client would. Never rejects. */
export function sendRequest(baseUrl: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    const timer = setTimeout(() => socket.destroy(), MAX_WAIT_MS);
    socket.on('data', (chunk) => received.push(chunk));
    // The server may refuse and disconnect before it has read everything.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      const text = Buffer.concat(received).toString('latin1');
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      const body = text.slice(text.indexOf('\r\n\r\n') + 4);
      const durationMs = Math.round(performance.now() - startedAt);
      resolve({ status: status === undefined ? undefined : Number(status), body, durationMs });
    });
    socket.write(wireBytes(hostname, request));
  });
}

function wireBytes(host: string, { method, target, headers, body, framing }: WireRequest): Buffer {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(framing === 'length' ? [`content-length: ${body.length}`] : []),
    ...(framing === 'chunked' ? ['transfer-encoding: chunked'] : []),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (framing === 'none') return head;
  return Buffer.concat([head, framing === 'length' ? body : chunked(body)]);
}

function chunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK) {
    const part = body.subarray(at, at + CHUNK);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}
