import { REQUEST_PRIORITY, type RequestPriority } from '@loyalnest/core';
import type { ModulesContainer } from '@nestjs/core';

type Method = (...args: unknown[]) => unknown;

/** Methods that have the priority of their controller. It does not hold for controllers that inherit them. */
const given = new WeakSet<object>();

/**
 * Gives the priority of each controller to those of its methods that have none, because Nest copies only
 * the metadata of methods to the handlers of routes. Call it before the routes are registered.
 */
export function inheritPriorities(modules: ModulesContainer): void {
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const priority = Reflect.getMetadata(REQUEST_PRIORITY, metatype) as
        RequestPriority | undefined;
      if (priority === undefined) continue;
      const prototype = metatype.prototype as object;
      for (const [name, method] of methodsOf(prototype)) {
        const isGiven = given.has(method);
        if (Reflect.hasMetadata(REQUEST_PRIORITY, method) && !isGiven) continue;
        const own = Object.hasOwn(prototype, name) ? method : override(prototype, name, method);
        given.add(own);
        Reflect.defineMetadata(REQUEST_PRIORITY, priority, own);
      }
    }
  }
}

/** The inherited method may belong to other controllers too, so this one gets its own. */
function override(prototype: object, name: string, method: Method): Method {
  const own = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(method, this, args);
  };
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(own, key, { value: method[key], configurable: true });
  }
  for (const key of Reflect.getMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), own);
  }
  Object.defineProperty(prototype, name, { value: own, writable: true, configurable: true });
  return own;
}

/** The methods of a controller, with those that it inherits. */
function methodsOf(prototype: object): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  for (let one = prototype; one !== Object.prototype; one = Object.getPrototypeOf(one) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(one))) {
      const isMethod = typeof value === 'function' && name !== 'constructor';
      if (isMethod && !methods.has(name)) methods.set(name, value as Method);
    }
  }
  return methods;
}
