import { LoyalNestError } from '@loyalnest/core';
import { BadRequestException, type ArgumentMetadata } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import {
  IsDefined,
  IsEmail,
  IsOptional,
  IsString,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { createValidationPipe, InputRefusedError, ValidationFailedError } from '../index.js';

class UnavailableError extends LoyalNestError {
  readonly code = 'TEST_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = true;
}

let thrown: Error;
const Throws = (asynchronous: boolean): PropertyDecorator =>
  ValidateBy({
    name: 'throws',
    async: asynchronous,
    validator: {
      validate: () => {
        if (asynchronous) return Promise.reject(thrown);
        throw thrown;
      },
    },
  } as never);

class Friend {
  @IsEmail()
  email!: string;
}

class Sync {
  @IsString()
  name!: string;

  @Throws(false)
  code!: string;
}

class Asynchronous {
  @Throws(true)
  code!: string;
}

class Circle {
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Friend)
  friends?: Friend[];

  @IsOptional()
  @IsDefined()
  free?: unknown;

  @IsOptional()
  @Transform(({ value }: { value: string }) => decodeURIComponent(value))
  encoded?: string;
}

const pipe = createValidationPipe({ maxErrors: 3 });
const transform = (metatype: ArgumentMetadata['metatype'], value: unknown): Promise<unknown> =>
  Promise.resolve(pipe.transform(value, { type: 'body', metatype }));
const issuesOf = async (attempt: Promise<unknown>): Promise<unknown> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ValidationFailedError);
  expect(error).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  return (error as ValidationFailedError).errors;
};

const ISSUE = (path: string) => ({ path, message: 'must have a value that can be checked' });

describe('a rule that throws', () => {
  it.each([new URIError('URI malformed'), new TypeError('x'), new RangeError('x'), new Error('x')])(
    'with %p means that its field is invalid',
    async (error) => {
      thrown = error;
      expect(await issuesOf(transform(Sync, { name: 'a', code: 'b' }))).toEqual([ISSUE('code')]);
      expect(await issuesOf(transform(Asynchronous, { code: 'b' }))).toEqual([ISSUE('code')]);
    },
  );

  it.each([new UnavailableError('no database'), new BadRequestException('no')])(
    'with %p, which says what it means, keeps its error',
    async (error) => {
      thrown = error;
      await expect(transform(Asynchronous, { code: 'b' })).rejects.toBe(error);
    },
  );

  it('in a list is named with its index', async () => {
    const unchecked = createValidationPipe();
    // Past the limits, as a value that only this rule cannot process.
    Object.assign(unchecked, { checksLimits: false });
    const friends = [{ email: 'ada@example.com' }, { email: 'x@\ud800.example' }];
    const attempt = unchecked.transform({ friends }, { type: 'body', metatype: Circle });
    expect(await issuesOf(Promise.resolve(attempt))).toEqual([ISSUE('friends[1].email')]);
  });

  it('of class-transformer is answered without a field', async () => {
    expect(await issuesOf(transform(Circle, { encoded: '%E0%A4' }))).toEqual([
      { message: 'must have a value that can be checked' },
    ]);
  });
});

it('limits the number of issues', async () => {
  const value = Object.fromEntries(Array.from({ length: 50 }, (_unused, index) => [index, 1]));
  const issues = (await issuesOf(transform(Circle, value))) as unknown[];
  expect(issues).toHaveLength(3);
});

it('shortens the names of unknown fields', async () => {
  const issues = await issuesOf(transform(Circle, { ['x'.repeat(10_000)]: 1 }));
  expect(JSON.stringify(issues).length).toBeLessThan(1_000);
});

it.each([
  ['body', { free: '\0' }],
  ['query', { free: '\ud800' }],
  ['param', '\0'],
] as const)('refuses unsafe text of a %s without InputLimitsModule', async (type, value) => {
  await expect(
    Promise.resolve(pipe.transform(value, { type, metatype: Circle })),
  ).rejects.toBeInstanceOf(InputRefusedError);
});

it('leaves the values of custom decorators to them', async () => {
  expect(await pipe.transform('\0', { type: 'custom' })).toBe('\0');
});
