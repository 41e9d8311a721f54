import { LoyalNestError } from '../../error/loyalnest.error.js';

/** No audit line could be written, so the command was not run. */
export class CommandNotAuditedError extends LoyalNestError {
  readonly code = 'COMMAND_NOT_AUDITED';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(
    readonly command: string,
    readonly target: string,
    cause: unknown,
  ) {
    super(
      `'${command}' of ${target} was not run, because its audit line cannot be written; ` +
        'check the destination of the log',
      { cause },
    );
  }
}
