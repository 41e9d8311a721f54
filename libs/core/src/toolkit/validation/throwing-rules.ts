import { isLoyalNestError } from '../../error/loyalnest.error.js';

/** One rule of a class, as class-validator keeps it. */
export interface ValidationRule {
  readonly propertyName: string;
  readonly type: string;
  readonly each: boolean;
  readonly constraints: unknown[];
  readonly constraintCls: unknown;
}

/** The part of class-validator's metadata storage that is used. */
export interface RuleStorage {
  getTargetValidationMetadatas(
    target: never,
    schema: string,
    always: boolean,
    strictGroups: boolean,
  ): readonly ValidationRule[];
  getTargetValidatorConstraints(
    rule: never,
  ): readonly { readonly instance: { validate(value: unknown, args?: never): unknown } }[];
}

/**
 * Whether class-validator or class-transformer could not process a value, such as `isEmail` with a lone
 * surrogate, which throws a URIError. The value is then invalid. Errors that say what they mean, such as
 * an unavailable database or an HttpException, are not of this kind.
 */
export function isThrownByRule(error: unknown): error is Error {
  if (!(error instanceof Error) || isLoyalNestError(error)) return false;
  return !('code' in error) && !('status' in error);
}

/** Returns the paths of the fields whose rules throw. Runs each rule alone, so call it after a failure. */
export async function findThrowingFields(
  storage: RuleStorage,
  object: object,
  parent = '',
): Promise<readonly string[]> {
  const target = object.constructor as never;
  const found = new Set<string>();
  for (const rule of storage.getTargetValidationMetadatas(target, '', false, false)) {
    const value = (object as Record<string, unknown>)[rule.propertyName];
    const path = parent === '' ? rule.propertyName : `${parent}.${rule.propertyName}`;
    if (await throws(storage, rule, object, value)) found.add(path);
    if (rule.type !== 'nestedValidation') continue;
    for (const [inner, innerPath] of parts(value, path)) {
      if (typeof inner !== 'object' || inner === null) continue;
      for (const field of await findThrowingFields(storage, inner, innerPath)) found.add(field);
    }
  }
  return [...found];
}

async function throws(
  storage: RuleStorage,
  { each, constraints, constraintCls, propertyName: property }: ValidationRule,
  object: object,
  value: unknown,
): Promise<boolean> {
  const args = { targetName: object.constructor.name, object, property, value, constraints };
  for (const { instance } of storage.getTargetValidatorConstraints(constraintCls as never)) {
    for (const part of each && Array.isArray(value) ? value : [value]) {
      try {
        await instance.validate(part, args as never);
      } catch (error) {
        if (isThrownByRule(error)) return true;
      }
    }
  }
  return false;
}

function parts(value: unknown, path: string): readonly (readonly [unknown, string])[] {
  if (!Array.isArray(value)) return [[value, path]];
  return value.map((item: unknown, index) => [item, `${path}[${index}]`]);
}
