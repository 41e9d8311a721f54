import { inspect } from 'node:util';
import { LoyalNestError } from '../error/loyalnest.error.js';
import { maskSecrets } from '../redaction/mask-secrets.js';

const SHOWN = { depth: 0, breakLength: Infinity, customInspect: false } as const;

/**
 * An option is invalid. It is thrown while the application boots, and names the full path of the option,
 * its value and what to write instead. It never shows a secret: neither the message nor `value` contains
 * passwords, tokens, keys or the credentials in an address.
 */
export class OptionError extends LoyalNestError {
  readonly code = 'INVALID_OPTION';
  readonly category = 'invalid';
  readonly retryable = false;
  /** The given value, with `***` instead of secrets. */
  readonly value: unknown;

  constructor(
    readonly path: string,
    value: unknown,
    readonly remedy: string,
  ) {
    const shown = maskSecrets(path, value);
    super(`${path}: got ${inspect(shown, SHOWN)}; ${remedy}`);
    this.value = shown;
  }
}
