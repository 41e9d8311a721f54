import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { AnswerSchema } from '../admin/answer-schemas.js';

export interface InputField {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: FieldSchema;
}

export interface FieldSchema extends AnswerSchema {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** Class of a nested object. */
  readonly fields?: Type<object>;
}

/** The fields of a query or a body, derived from its validation decorators. */
export function inputFields(type: Type<object>): readonly InputField[] {
  const { fields: descriptions } = type as unknown as {
    readonly fields: Readonly<Record<string, string>>;
  };
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return Object.entries(descriptions).map(([name, description]) => {
    const own = rules.filter(({ propertyName }) => propertyName === name);
    const schema = Object.assign(
      {},
      ...own.map((rule) => schemaOf(rule.name ?? rule.type, (rule.constraints ?? []) as unknown[])),
      ...own.filter(({ type: kind }) => kind === 'nestedValidation').map(() => nested(type, name)),
    ) as FieldSchema;
    const required = !own.some(({ type: kind }) => kind === 'conditionalValidation');
    return { name, required, description, schema };
  });
}

function schemaOf(rule: string, [limit]: readonly unknown[]): FieldSchema {
  switch (rule) {
    case 'isString':
      return { type: 'string' };
    case 'isBoolean':
      return { type: 'boolean' };
    case 'isInt':
      return { type: 'integer' };
    case 'isNumber':
      return { type: 'number' };
    case 'min':
      return { minimum: limit as number };
    case 'max':
      return { maximum: limit as number };
    case 'minLength':
      return { minLength: limit as number };
    case 'maxLength':
      return { maxLength: limit as number };
    case 'isIso8601':
      return { type: 'string', format: 'date-time' };
    case 'matches':
      return { type: 'string', pattern: (limit as RegExp).source };
    case 'isIn':
      return { type: 'string', enum: limit as string[] };
    default:
      return {};
  }
}

function nested(type: Type<object>, name: string): FieldSchema {
  const fields = Reflect.getMetadata('design:type', type.prototype, name) as Type<object>;
  return { type: 'object', fields };
}
