import { findThrowingFields, isThrownByRule } from '@loyalnest/core/toolkit';
import { createParamDecorator, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import { AdminInputError, type InputProblem } from './admin-input.error.js';

interface HttpInput {
  readonly query?: unknown;
  readonly body?: unknown;
}

/**
 * The query of a request, validated by its class. It does not depend on the application's own
 * validation pipes, and they cannot change it.
 */
export const AdminQuery = (type: Type<object>): ParameterDecorator => input('query', type);

/** The JSON body of a request, validated as {@link AdminQuery} is. */
export const AdminBody = (type: Type<object>): ParameterDecorator => input('body', type);

function input(part: keyof HttpInput, type: Type<object>): ParameterDecorator {
  const decorator = createParamDecorator(
    (_data, context) => context.switchToHttp().getRequest<HttpInput>()[part],
  );
  return decorator(undefined, new AdminInputPipe(type));
}

/** @throws AdminInputError that names each invalid or unknown field */
export class AdminInputPipe implements PipeTransform<unknown, Promise<object>> {
  constructor(private readonly type: Type<object>) {}

  async transform(value: unknown): Promise<object> {
    const given = value ?? {};
    if (typeof given !== 'object' || Array.isArray(given)) {
      throw new AdminInputError([{ path: '', message: 'the body must be a JSON object' }]);
    }
    let instance: object | undefined;
    try {
      instance = plainToInstance(this.type, { ...given });
      const errors = await validate(instance, {
        whitelist: true,
        forbidNonWhitelisted: true,
        forbidUnknownValues: false,
        validationError: { target: false, value: false },
      });
      if (errors.length === 0) return instance;
      throw new AdminInputError(problemsOf(errors).slice(0, MAX_PROBLEMS));
    } catch (error) {
      if (!isThrownByRule(error)) throw error;
      const fields = instance ? await findThrowingFields(getMetadataStorage(), instance) : [];
      throw new AdminInputError(uncheckable(fields));
    }
  }
}

/** Enough to mend a request; many unknown fields would make a long answer. */
const MAX_PROBLEMS = 20;

function uncheckable(fields: readonly string[]): readonly InputProblem[] {
  const paths = fields.length > 0 ? fields : [''];
  return paths.map((path) => ({
    path,
    message: `${path || 'the request'} has a value that cannot be checked`,
  }));
}

function problemsOf(errors: readonly ValidationError[], parent = ''): readonly InputProblem[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const path = parent === '' ? property : `${parent}.${property}`;
    const own = Object.values(constraints).map((message) => ({ path, message }));
    return [...own, ...problemsOf(children, path)];
  });
}
