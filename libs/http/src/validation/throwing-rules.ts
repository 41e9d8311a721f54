import { isLoyalNestError } from '@loyalnest/core';
import { HttpException } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { ProblemIssue } from '../problem-details/problem.js';

/**
 * Whether a validator failed on its value, such as `isEmail` on a lone surrogate, which throws a
 * URIError. Errors that say what they mean, such as an unavailable database, are not of this kind.
 */
export function isThrownByRule(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof HttpException) return false;
  return !isLoyalNestError(error) && !('code' in error) && !('status' in error);
}

/** Finds the fields whose rules throw, by running each rule of an object alone. */
export async function findThrowingFields(
  object: object,
  parent = '',
  seen = new Set<object>(),
): Promise<ProblemIssue[]> {
  if (seen.has(object)) return [];
  seen.add(object);
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(object.constructor, '', false, false);
  const found = new Map<string, ProblemIssue>();
  for (const rule of rules) {
    const field = rule.propertyName;
    const value = (object as Record<string, unknown>)[field];
    const path = parent === '' ? field : `${parent}.${field}`;
    for (const { instance } of storage.getTargetValidatorConstraints(rule.constraintCls)) {
      const args = {
        targetName: object.constructor.name,
        object,
        property: field,
        value,
        constraints: rule.constraints as unknown[],
      };
      for (const part of rule.each && Array.isArray(value) ? value : [value]) {
        const validated = Promise.resolve().then(() => instance.validate(part, args));
        if (await validated.then(notThrown, isThrownByRule)) {
          found.set(path, { path, message: `${field} has a value that cannot be checked` });
        }
      }
    }
    if (rule.type !== 'nestedValidation') continue;
    const nested = Array.isArray(value) ? value.map((one, index) => [one, `[${index}]`]) : [];
    for (const [one, suffix] of nested.length > 0 ? nested : [[value, '']]) {
      if (typeof one !== 'object' || one === null) continue;
      const inner = await findThrowingFields(one as object, `${path}${suffix as string}`, seen);
      for (const issue of inner) found.set(issue.path!, issue);
    }
  }
  return [...found.values()];
}

function notThrown(): boolean {
  return false;
}
