import { findThrowingFields, isThrownByRule } from '@loyalnest/core/toolkit';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import { InvalidPayloadError } from './invalid-payload.error.js';

/**
 * The part of the Standard Schema interface (standardschema.dev, version 1) that this module uses.
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

interface StandardResult<Output> {
  readonly value?: Output;
  readonly issues?: readonly {
    readonly message: string;
    readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  }[];
}

type PayloadClass = new () => object;

/** What describes a payload: a class-validator class or a Standard Schema. */
export type PayloadType = PayloadClass | StandardSchema;

/** The payload that a {@link PayloadType} describes. */
export type InferPayload<Type extends PayloadType> = Type extends new () => infer Payload
  ? Payload
  : Type extends StandardSchema<infer Output>
    ? Output
    : never;

/**
 * Returns a function that validates a payload. It resolves with the validated payload or rejects
 * with {@link InvalidPayloadError}.
 */
export function payloadValidator<Type extends PayloadType>(
  job: string,
  type: Type,
): (payload: unknown) => Promise<InferPayload<Type>> {
  const check = '~standard' in type ? checkSchema : checkClass;
  return (payload) => check(job, type as never, payload) as Promise<InferPayload<Type>>;
}

async function checkClass(job: string, type: PayloadClass, payload: unknown): Promise<object> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new InvalidPayloadError(job, ['payload must be an object']);
  }
  let instance: object | undefined;
  try {
    instance = plainToInstance(type, payload);
    const errors = await validate(instance, { whitelist: true, forbidUnknownValues: true });
    if (errors.length === 0) return instance;
    const problems = errors.flatMap((error) => describe(error));
    throw new InvalidPayloadError(job, problems);
  } catch (error) {
    if (!isThrownByRule(error)) throw error;
    const fields = instance ? await findThrowingFields(getMetadataStorage(), instance) : [];
    const paths = fields.length > 0 ? fields : ['payload'];
    const problems = paths.map((path) => `${path}: has a value that cannot be checked`);
    throw new InvalidPayloadError(job, problems);
  }
}

function describe(error: ValidationError, parent = ''): string[] {
  const path = `${parent}${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((text) => `${path}: ${text}`);
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, `${path}.`))];
}

async function checkSchema(job: string, type: StandardSchema, payload: unknown): Promise<unknown> {
  const result = await type['~standard'].validate(payload);
  if (!result.issues) return result.value;
  const problems = result.issues.map(({ message, path = [] }) => {
    const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return `${keys.join('.') || 'payload'}: ${message}`;
  });
  throw new InvalidPayloadError(job, problems);
}
