import { LoyalNestError } from '@loyalnest/core';
import { EnvironmentSecrets } from '@loyalnest/core/toolkit';

/**
 * Environment variables are missing or invalid. One error reports all of them. The secrets of the
 * environment are masked in every line, whatever a rule or a check writes.
 */
export class ConfigError extends LoyalNestError {
  readonly code = 'INVALID_CONFIG';
  readonly category = 'invalid';
  readonly retryable = false;

  /** One line per variable: its name, its value and what is expected. */
  readonly problems: readonly string[];

  /** @param environment the variables whose secrets must not appear */
  constructor(
    problems: readonly string[],
    environment: Readonly<Record<string, unknown>> = process.env,
  ) {
    const secrets = new EnvironmentSecrets(environment);
    const shown = problems.map((line) => secrets.hide(line));
    super(`invalid environment variables:\n${shown.map((line) => `  ${line}`).join('\n')}`);
    this.problems = shown;
  }
}
