import { LoyalNestError } from '@loyalnest/core';

/** The audit trail cannot be written, so the command did not run. */
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
      `'${command}' of queue '${queue}' was not run, because the audit trail cannot be written ` +
        `(${reason}); check that Redis is available and has free memory`,
      { cause },
    );
  }
}
