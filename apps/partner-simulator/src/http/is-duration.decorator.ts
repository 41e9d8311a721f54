import { durationMs, type DurationRange } from '@loyalnest/core';
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** Checks that a value is a `Duration` within the range: `'2s'` or milliseconds. */
export function IsDuration(range: DurationRange, options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isDuration',
      validator: {
        validate: (value) => problemWith(value, range) === undefined,
        defaultMessage: (args) => problemWith(args?.value, range, args?.property) ?? '',
      },
    },
    options,
  );
}

function problemWith(value: unknown, range: DurationRange, property = 'value'): string | undefined {
  try {
    durationMs(property, value, range);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
