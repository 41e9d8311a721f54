import { Inject } from '@nestjs/common';
import { ResilienceRegistry } from '../resilience.registry.js';
import { protectedMethod, setProtectedMethod, type DeclaredPolicies } from './declared-policies.js';

/** Methods that a policy may stand on: a policy can only protect what settles later. */
export type AsyncMethod = (...args: never[]) => Promise<unknown>;

/** Property of every instance by which it reaches the registry of its own application. */
export const REGISTRY: unique symbol = Symbol.for('@loyalnest/resilience:registry');

/**
 * Adds a policy to a method. The first one replaces the method on the prototype, once; name,
 * length and all metadata stay, so that routes, cron jobs and job handlers still work.
 */
export function declarePolicy<Kind extends keyof DeclaredPolicies>(
  kind: Kind,
  options: NonNullable<DeclaredPolicies[Kind]>,
) {
  return (target: object, key: string | symbol, descriptor: { value?: unknown }): void => {
    const method = descriptor.value as (...args: never[]) => unknown;
    const known = protectedMethod(method);
    const wrapper = known ? method : wrap(target, key, method);
    setProtectedMethod(wrapper, {
      className: target.constructor.name,
      key,
      original: known?.original ?? method,
      policies: { ...known?.policies, [kind]: options },
    });
    descriptor.value = wrapper;
  };
}

function wrap(
  target: object,
  key: string | symbol,
  method: (...args: never[]) => unknown,
): (...args: never[]) => unknown {
  // Nest fills the property of each instance that it makes, of any scope, with its app's registry.
  Inject(ResilienceRegistry)(target, REGISTRY);
  const wrapper = function (this: { [REGISTRY]?: ResilienceRegistry }, ...args: unknown[]) {
    const registry = this?.[REGISTRY];
    if (registry) return registry.pipelineOf(wrapper).execute(this, args);
    warnUnmanaged(wrapper);
    return Reflect.apply(method, this, args);
  };
  Object.defineProperty(wrapper, 'name', { value: method.name || String(key), configurable: true });
  Object.defineProperty(wrapper, 'length', { value: method.length, configurable: true });
  for (const name of Reflect.getOwnMetadataKeys(method)) {
    Reflect.defineMetadata(name, Reflect.getOwnMetadata(name, method), wrapper);
  }
  return wrapper as (...args: never[]) => unknown;
}

const warned = new WeakSet<object>();

/** An instance made by hand has no application: its call runs, but nothing protects it. */
function warnUnmanaged(wrapper: object): void {
  if (warned.has(wrapper)) return;
  warned.add(wrapper);
  const declaration = protectedMethod(wrapper)!;
  process.emitWarning(
    `${declaration.className}.${String(declaration.key)} runs without its resilience policies: ` +
      'this instance was not made by a Nest application that imports ResilienceModule',
    { code: 'LOYALNEST_UNPROTECTED' },
  );
}
