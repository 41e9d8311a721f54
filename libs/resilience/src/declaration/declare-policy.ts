import { methodsToProtect } from './class-methods.js';
import type { PolicyDecorator } from './async-method.js';
import { mergePolicies } from '../policy-set.js';
import { protectedMethod, setProtectedMethod, type Declaration } from './protected-method.js';
import { protectMethod } from './protect-method.js';

/** Creates a decorator that adds `declared` to a method or to the methods of a class. */
export function declarePolicy(declared: Declaration): PolicyDecorator {
  return (target: object, key?: string | symbol, descriptor?: { value?: unknown }): void => {
    if (key === undefined || descriptor === undefined) {
      declareOnClass((target as { prototype: object }).prototype, declared);
    } else {
      descriptor.value = declareOn(target, key, descriptor.value, declared, 'byMethod');
    }
  };
}

function declareOnClass(prototype: object, declared: Declaration): void {
  const keys = methodsToProtect(prototype);
  if (keys.length === 0) warnOfNoMethods(prototype);
  for (const key of keys) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key)!;
    const value = declareOn(prototype, key, descriptor.value, declared, 'byClass');
    Object.defineProperty(prototype, key, { ...descriptor, value });
  }
}

function declareOn(
  target: object,
  key: string | symbol,
  method: unknown,
  declared: Declaration,
  level: 'byClass' | 'byMethod',
): object {
  const wrapper = protectMethod(target, key, method as (...args: never[]) => unknown);
  const known = protectedMethod(wrapper)!;
  // Class decorators apply from the bottom up too, so the upper one comes last and wins.
  setProtectedMethod(wrapper, { ...known, [level]: mergePolicies(known[level], declared) });
  return wrapper;
}

function warnOfNoMethods({ constructor }: object): void {
  process.emitWarning(
    `a policy on class ${constructor.name} applies to none of its methods; declare them async, or ` +
      'put the policy on a method',
    { code: 'LOYALNEST_UNPROTECTED' },
  );
}
