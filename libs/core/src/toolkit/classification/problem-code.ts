import { fieldOf, textOf } from './safe-field.js';

/**
 * Returns the `code` of the problem details (RFC 9457) that an answer carries. Reads `problemCode` of
 * `@loyalnest/http`, and the parsed body of axios, got and undici. Undefined if there is none.
 */
export function problemCodeOf(answer: unknown): string | undefined {
  const response = fieldOf(answer, 'response');
  const known = textOf(answer, 'problemCode') || textOf(response, 'problemCode');
  if (known !== '') return known;
  for (const body of [
    fieldOf(response, 'data'),
    fieldOf(response, 'body'),
    fieldOf(answer, 'data'),
    fieldOf(answer, 'body'),
  ]) {
    const code = textOf(body, 'code');
    if (code !== '' && typeof fieldOf(body, 'status') === 'number') return code;
  }
  return undefined;
}
