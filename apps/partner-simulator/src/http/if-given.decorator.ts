import { ValidateIf } from 'class-validator';

/** The rules of a field hold if it is there; unlike `@IsOptional`, null is not taken for absent. */
export function IfGiven(): PropertyDecorator {
  return ValidateIf((_object, value: unknown) => value !== undefined);
}
