import { ValidateIf } from 'class-validator';

/** Validates a field only if it is present. Unlike `@IsOptional`, it does not accept null. */
export function IfGiven(): PropertyDecorator {
  return ValidateIf((_object, value: unknown) => value !== undefined);
}
