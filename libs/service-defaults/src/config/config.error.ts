import { LoyalNestError } from '@loyalnest/core';

/** Environment variables that the service cannot start with; all of them in one report. */
export class ConfigError extends LoyalNestError {
  readonly code = 'INVALID_CONFIG';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    /** One line per variable: its name, what came and what is expected. */
    readonly problems: readonly string[],
  ) {
    super(`the environment is not complete:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
}
