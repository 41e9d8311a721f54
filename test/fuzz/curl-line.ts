import type { WireRequest } from './hostile-request.js';

const MAX_BODY = 2_000;

/** A command line that repeats a request. Long bodies are shortened: repeat those with the seed. */
export function curlLine(baseUrl: string, request: WireRequest): string {
  const { method, target, headers, body, framing } = request;
  const options = headers.flatMap(([name, value]) => ['-H', quoted(`${name}: ${value}`)]);
  if (framing === 'chunked') options.push('-H', quoted('transfer-encoding: chunked'));
  if (framing !== 'none') options.push('--data-binary', quoted(shown(body)));
  return ['curl', '--path-as-is', '-g', '-X', method, ...options, quoted(baseUrl + target)].join(
    ' ',
  );
}

function shown(body: Buffer): string {
  const text = body.subarray(0, MAX_BODY).toString('latin1');
  return body.length > MAX_BODY ? `${text}… (${body.length} bytes)` : text;
}

/** In the quotes of bash that understand escapes. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/[^\x20-\x7e]|['\\]/g, (character) =>
    character === '…' ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `$'${escaped}'`;
}
