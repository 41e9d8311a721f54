import { LoyalNestError } from '@loyalnest/core';

/** Why a webhook was refused. */
export type SignatureFault = 'missing' | 'malformed' | 'wrong' | 'body-not-read';

const TEXT: Readonly<Record<SignatureFault, string>> = {
  missing: 'it has no signature',
  malformed: 'its signature is not in the expected form',
  wrong: 'its signature matches none of the secrets',
  'body-not-read': 'no body parser reads its content type',
};

/** A webhook was not signed with one of the secrets. Answered with 401. */
export class WebhookSignatureError extends LoyalNestError {
  readonly code = 'WEBHOOK_SIGNATURE';
  readonly category = 'unauthenticated';
  readonly retryable = false;

  constructor(
    readonly fault: SignatureFault,
    readonly header: string,
  ) {
    super(`webhook refused: ${TEXT[fault]} (header ${header})`);
  }
}
