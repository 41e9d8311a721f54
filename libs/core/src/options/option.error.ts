import { inspect } from 'node:util';
import { LoyalNestError } from '../error/loyalnest.error.js';

/**
 * An option that cannot be used. It is thrown while the application boots and names the option's
 * full path, the value that was given and what to write instead.
 */
export class OptionError extends LoyalNestError {
  readonly code = 'INVALID_OPTION';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    readonly path: string,
    readonly value: unknown,
    readonly remedy: string,
  ) {
    super(`${path}: got ${inspect(value, { depth: 0, breakLength: Infinity })}; ${remedy}`);
  }
}
