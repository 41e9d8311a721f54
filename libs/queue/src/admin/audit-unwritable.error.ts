import { LoyalNestError } from '@loyalnest/core';

/** The audit trail cannot be written, so the command was not carried out. */
export class AuditUnwritableError extends LoyalNestError {
  readonly code = 'AUDIT_UNWRITABLE';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(
    readonly command: string,
    readonly queue: string,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `'${command}' of queue '${queue}' was not carried out: it cannot be audited (${reason}); ` +
        'look whether Redis is up and has memory left',
      { cause },
    );
  }
}
