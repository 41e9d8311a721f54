import { LoyalNestError } from '@loyalnest/core';

/** The application does not keep the bytes that were signed, so no webhook can be verified. */
export class RawBodyMissingError extends LoyalNestError {
  readonly code = 'RAW_BODY_MISSING';
  readonly category = 'internal';
  readonly retryable = false;

  constructor() {
    super(
      'webhooks cannot be verified without the raw body: create the application with ' +
        '{ rawBody: true }, as in NestFactory.create(AppModule, { rawBody: true })',
    );
  }
}
