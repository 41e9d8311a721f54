import { ValidationPipe } from '@nestjs/common';
import { ValidationFailedError } from './validation-failed.error.js';
import { validationIssues } from './validation-issues.js';

/**
 * The validation that every service uses: class-validator rules, fields without a rule refused,
 * values turned into their classes but never converted by guesswork. Broken rules leave as
 * {@link ValidationFailedError} with one issue each; the values themselves are never repeated.
 */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new ValidationFailedError(validationIssues(errors)),
  });
}
