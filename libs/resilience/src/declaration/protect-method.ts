import { Inject } from '@nestjs/common';
import { ResilienceRegistry } from '../resilience.registry.js';
import { protectedMethod, setProtectedMethod } from './protected-method.js';

/** Property through which an instance finds the registry of its own application. */
export const REGISTRY: unique symbol = Symbol.for('@loyalnest/resilience:registry');

let protectedMethods = 0;

/**
 * Creates the function that replaces a method on the prototype, one for all policies of the method.
 * It keeps name, length and metadata, so routes, cron jobs and job handlers still work.
 */
export function protectMethod(
  target: object,
  key: string | symbol,
  method: (...args: never[]) => unknown,
): (...args: never[]) => unknown {
  if (protectedMethod(method)) return method;
  // Nest injects the registry of its application into every instance it creates, of any scope.
  Inject(ResilienceRegistry)(target, REGISTRY);
  const id = protectedMethods++;
  const wrapper = function (this: { [REGISTRY]?: ResilienceRegistry }, ...args: unknown[]) {
    const registry = this?.[REGISTRY];
    if (registry === undefined) return runUnprotected(wrapper, this, args);
    return registry.pipelineFor(wrapper, id, this).call(this, args);
  };
  Object.defineProperty(wrapper, 'name', { value: method.name || String(key), configurable: true });
  Object.defineProperty(wrapper, 'length', { value: method.length, configurable: true });
  for (const name of Reflect.getOwnMetadataKeys(method)) {
    Reflect.defineMetadata(name, Reflect.getOwnMetadata(name, method), wrapper);
  }
  setProtectedMethod(wrapper, { id, target, key, original: method, byClass: {}, byMethod: {} });
  return wrapper as (...args: never[]) => unknown;
}

const warned = new WeakSet<object>();

/** An instance created by hand belongs to no application, so its calls run without policies. */
function runUnprotected(wrapper: object, self: unknown, args: unknown[]): unknown {
  const { target, key, original } = protectedMethod(wrapper)!;
  if (!warned.has(wrapper)) {
    warned.add(wrapper);
    process.emitWarning(
      `${target.constructor.name}.${String(key)} runs without its resilience policies: ` +
        'this instance was not created by a Nest application that imports ResilienceModule',
      { code: 'LOYALNEST_UNPROTECTED' },
    );
  }
  return Reflect.apply(original, self, args);
}
