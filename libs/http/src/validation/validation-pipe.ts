import { ValidationPipe } from '@nestjs/common';
import { ValidationFailedError } from './validation-failed.error.js';
import { validationIssues } from './validation-issues.js';

/**
 * Makes a pipe that checks values with class-validator, refuses fields without a rule, and turns values
 * into instances of their classes without guessing types. It throws {@link ValidationFailedError} with
 * one issue for each broken rule, and never repeats the values.
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
