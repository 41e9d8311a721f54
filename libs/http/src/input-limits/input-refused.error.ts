import { ProblemError } from '../problem-details/problem.error.js';
import type { InputFault } from './input-fault.js';

/** Where in a request the refused input was. */
export type InputPart = 'body' | 'query' | 'path';

/**
 * A request contains what no route accepts: U+0000, lone surrogates, or more nesting, keys or items
 * than the limits allow. Answered with 400, or with 413 if there is too much of it.
 */
export class InputRefusedError extends ProblemError {
  constructor(part: InputPart, { path, kind, message }: InputFault) {
    const tooMuch = kind === 'keys' || kind === 'items';
    super({
      status: tooMuch ? 413 : 400,
      code: tooMuch ? 'INPUT_TOO_LARGE' : 'INPUT_REFUSED',
      detail: `The ${part} of the request is not accepted; see errors.`,
      errors: [{ ...(path !== '' && { path }), message }],
    });
  }
}
