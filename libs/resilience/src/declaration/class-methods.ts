import { isObservable, Observable } from 'rxjs';
import { protectedMethod } from './protected-method.js';

const CALLED_BY_NEST = new Set([
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
]);

/** The methods of a prototype that a decorator on its class applies to. */
export function methodsToProtect(prototype: object): string[] {
  const own = Object.getOwnPropertyNames(prototype).filter(
    (key) => typeof Object.getOwnPropertyDescriptor(prototype, key)!.value === 'function',
  );
  const fallbacks = new Set(own.map((key) => fallbackOf(Reflect.get(prototype, key))));
  return own.filter(
    (key) =>
      key !== 'constructor' &&
      !key.startsWith('_') &&
      !CALLED_BY_NEST.has(key) &&
      !fallbacks.has(key) &&
      isAsync(prototype, key),
  );
}

/** Whether the method is declared to return an Observable. */
export function returnsObservable(prototype: object, key: string | symbol): boolean {
  const type: unknown = Reflect.getMetadata('design:returntype', prototype, key);
  if (typeof type !== 'function') return false;
  return type === Observable || isObservable(type.prototype);
}

function isAsync(prototype: object, key: string): boolean {
  const method = Reflect.get(prototype, key) as object;
  return (
    protectedMethod(method) !== undefined ||
    Object.prototype.toString.call(method) === '[object AsyncFunction]' ||
    Reflect.getMetadata('design:returntype', prototype, key) === Promise ||
    returnsObservable(prototype, key)
  );
}

function fallbackOf(method: unknown): string | undefined {
  const handler = protectedMethod(method)?.byMethod.fallback?.handler;
  return typeof handler === 'string' ? handler : undefined;
}
