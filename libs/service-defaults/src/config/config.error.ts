import { LoyalNestError } from '@loyalnest/core';

/** Environment variables are missing or invalid. One error reports all of them. */
export class ConfigError extends LoyalNestError {
  readonly code = 'INVALID_CONFIG';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    /** One line per variable: its name, its value and what is expected. */
    readonly problems: readonly string[],
  ) {
    super(`invalid environment variables:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
}
