import { ProblemError } from '../problem-details/problem.error.js';
import type { InputFault } from './input-fault.js';

/**
 * Where the refused input was: `message` is that of a WebSocket or a microservice, and `arguments` are those
 * of a GraphQL field.
 */
export type InputPart = 'body' | 'query' | 'path' | 'message' | 'arguments';

const SHOWN: Readonly<Record<InputPart, string>> = {
  body: 'The body of the request is',
  query: 'The query of the request is',
  path: 'The path of the request is',
  message: 'The message is',
  arguments: 'The arguments of the field are',
};

/**
 * A request or a message contains what no handler accepts: U+0000, lone surrogates, or more nesting, keys
 * or items than the limits allow. Answered with 400, or with 413 if there is too much of it.
 */
export class InputRefusedError extends ProblemError {
  constructor(part: InputPart, { path, kind, message }: InputFault) {
    const tooMuch = kind === 'keys' || kind === 'items';
    super({
      status: tooMuch ? 413 : 400,
      code: tooMuch ? 'INPUT_TOO_LARGE' : 'INPUT_REFUSED',
      detail: `${SHOWN[part]} not accepted; see errors.`,
      errors: [{ ...(path !== '' && { path }), message }],
    });
  }
}
