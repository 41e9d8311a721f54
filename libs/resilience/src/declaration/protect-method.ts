import { Inject } from '@nestjs/common';
import { ResilienceRegistry } from '../resilience.registry.js';
import { protectedMethod, setProtectedMethod } from './protected-method.js';

/** Property of every instance by which it reaches the registry of its own application. */
export const REGISTRY: unique symbol = Symbol.for('@loyalnest/resilience:registry');

let protectedMethods = 0;

/**
 * The function that stands in place of a method on the prototype, the same one for all policies of
 * the method. Name, length and all metadata stay, so that routes, cron jobs and job handlers still
 * work.
 */
export function protectMethod(
  target: object,
  key: string | symbol,
  method: (...args: never[]) => unknown,
): (...args: never[]) => unknown {
  if (protectedMethod(method)) return method;
  // Nest fills the property of each instance that it makes, of any scope, with its app's registry.
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

/** An instance made by hand has no application: its call runs, but nothing protects it. */
function runUnprotected(wrapper: object, self: unknown, args: unknown[]): unknown {
  const { target, key, original } = protectedMethod(wrapper)!;
  if (!warned.has(wrapper)) {
    warned.add(wrapper);
    process.emitWarning(
      `${target.constructor.name}.${String(key)} runs without its resilience policies: ` +
        'this instance was not made by a Nest application that imports ResilienceModule',
      { code: 'LOYALNEST_UNPROTECTED' },
    );
  }
  return Reflect.apply(original, self, args);
}
