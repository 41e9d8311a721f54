import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface RawResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Everything that was received, byte for byte. */
  readonly text: string;
}

/**
 * Sends header lines unchanged, as no client does: with line breaks, control characters or repeated
 * names. Lines are encoded as latin1, one byte per character.
 */
export async function rawRequest(
  url: string,
  start: string,
  lines: readonly string[],
  body = '',
): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  const length = body === '' ? [] : [`content-length: ${body.length}`];
  const head = [`${start} HTTP/1.1`, `host: ${hostname}`, 'connection: close', ...length, ...lines];
  const socket = connect(Number(port), hostname);
  // The server may refuse and disconnect before it has read everything.
  const read = buffer(socket).catch(() => Buffer.alloc(0));
  socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  return parse((await read).toString('latin1'));
}

function parse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n');
  const [status = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(status.split(' ')[1]), headers, body: text.slice(end + 4), text };
}
