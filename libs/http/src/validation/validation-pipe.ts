import { Logger, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { findThrowingFields, isThrownByRule } from '@loyalnest/core/toolkit';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { findInputFault } from '../input-limits/input-fault.js';
import {
  resolveInputLimits,
  type InputLimitsOptions,
  type ResolvedInputLimits,
} from '../input-limits/input-limits.options.js';
import { InputRefusedError, type InputPart } from '../input-limits/input-refused.error.js';
import { ValidationFailedError } from './validation-failed.error.js';
import { validationIssues } from './validation-issues.js';

/** The parts of a request that the pipe gets; parameters of custom decorators may be anything. */
const PARTS: Readonly<Partial<Record<ArgumentMetadata['type'], InputPart>>> = {
  body: 'body',
  query: 'query',
  param: 'path',
};

/**
 * Makes a pipe that checks values with class-validator, refuses fields without a rule, and turns values
 * into instances of their classes without guessing types. It throws {@link ValidationFailedError} with
 * one issue for each broken rule, at most `maxErrors`, and never repeats the values. Values above the
 * limits are refused before they are transformed, with {@link InputRefusedError}.
 *
 * @throws OptionError for invalid limits
 */
export function createValidationPipe(
  limits: Pick<InputLimitsOptions, 'maxDepth' | 'maxKeys' | 'maxItems' | 'maxErrors'> = {},
): ValidationPipe {
  return new BoundedValidationPipe(resolveInputLimits(limits), true);
}

/** See {@link createValidationPipe}. A rule that throws is a mistake of the request in that field. */
export class BoundedValidationPipe extends ValidationPipe {
  private readonly rules = new Logger('Validation');
  private readonly reported = new Set<string>();

  /** @param checksLimits false if `InputLimitsModule` has checked the whole request */
  constructor(
    private readonly limits: ResolvedInputLimits,
    private readonly checksLimits: boolean,
  ) {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) =>
        new ValidationFailedError(validationIssues(errors, limits.maxErrors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const part = PARTS[metadata.type];
    if (this.checksLimits && part) {
      const fault = findInputFault(value, this.limits);
      if (fault) throw new InputRefusedError(part, fault);
    }
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!part || !isThrownByRule(error)) throw error;
      throw await this.refusalOf(error, value, metadata);
    }
  }

  private async refusalOf(
    error: Error,
    value: unknown,
    { metatype, data }: ArgumentMetadata,
  ): Promise<Error> {
    const fields = await throwingFields(value, metatype);
    const where = fields.join(', ') || data || 'the request';
    const what = `${metatype?.name ?? 'value'}: a rule of ${where} throws ${error.name}`;
    if (!this.reported.has(what) && this.reported.size < 1_000) {
      this.reported.add(what);
      // Not the message of the error, which may repeat the value.
      this.rules.warn(`${what} instead of returning false; the request got 400`);
    }
    return new ValidationFailedError(
      fields.length > 0
        ? fields.slice(0, this.limits.maxErrors).map((path) => ({ path, message: UNCHECKED }))
        : [{ ...(data !== undefined && { path: data }), message: UNCHECKED }],
    );
  }
}

const UNCHECKED = 'must have a value that can be checked';

async function throwingFields(
  value: unknown,
  metatype: ArgumentMetadata['metatype'],
): Promise<readonly string[]> {
  if (typeof value !== 'object' || value === null || !metatype) return [];
  try {
    const instance = plainToInstance(metatype, value) as object;
    return await findThrowingFields(getMetadataStorage(), instance);
  } catch {
    // A @Transform of the class throws, so that there is no object to check.
    return [];
  }
}
