import { LoyalNestError } from '@loyalnest/core';

/** The compiled main file of an app is missing. */
export class AppNotBuiltError extends LoyalNestError {
  readonly code = 'APP_NOT_BUILT';
  readonly category = 'not-found';
  readonly retryable = false;

  constructor(app: string, entry: string) {
    super(`${app} is not built: ${entry} is missing. Run \`npm run build\` first.`);
  }
}
