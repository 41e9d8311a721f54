import { REQUEST_PRIORITY } from '@loyalnest/core';
import type { ModulesContainer } from '@nestjs/core';

/**
 * Gives the priority of each controller to those of its methods that have none, because Nest copies only
 * the metadata of methods to the handlers of routes. Call it before the routes are registered.
 */
export function inheritPriorities(modules: ModulesContainer): void {
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const priority: unknown = Reflect.getMetadata(REQUEST_PRIORITY, metatype);
      if (priority === undefined) continue;
      for (const method of methodsOf(metatype.prototype as object)) {
        if (Reflect.hasMetadata(REQUEST_PRIORITY, method)) continue;
        Reflect.defineMetadata(REQUEST_PRIORITY, priority, method);
      }
    }
  }
}

function methodsOf(prototype: object | null): readonly object[] {
  if (prototype === null || prototype === Object.prototype) return [];
  const own = Object.values(Object.getOwnPropertyDescriptors(prototype))
    .map(({ value }) => value as unknown)
    .filter((value): value is object => typeof value === 'function');
  return [...own, ...methodsOf(Object.getPrototypeOf(prototype) as object | null)];
}
