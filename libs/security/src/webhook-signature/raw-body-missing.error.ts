import { LoyalNestError } from '@loyalnest/core';

/** No webhook can be verified because the application does not keep the raw body. */
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
