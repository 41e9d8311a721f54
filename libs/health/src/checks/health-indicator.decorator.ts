import type { HealthObservation } from '@loyalnest/core';
import type { HealthCheckDeclaration } from './health-source.js';

const DECLARATION = Symbol.for('@loyalnest/health:indicator');

/**
 * What a method with `@HealthIndicator` may return, directly or as a promise. Undefined means up.
 */
export type HealthIndicatorResult = void | boolean | HealthObservation;

type IndicatorMethod = (
  signal: AbortSignal,
) => HealthIndicatorResult | Promise<HealthIndicatorResult>;

/**
 * The part of a method descriptor that is read. Methods without a parameter or a result fit too.
 */
interface IndicatorDescriptor {
  readonly value?: IndicatorMethod;
}

/**
 * Turns a method of a provider or controller into a health check. It is sampled in the background
 * and counts as failed if it throws, returns `false` or exceeds its timeout. Works on singletons;
 * elsewhere it has no effect and logs a warning at boot.
 *
 * @example
 * class Ledger {
 *   @HealthIndicator({ name: 'ledger', critical: true, group: ['ready', 'checkout'] })
 *   async isBalanced(signal: AbortSignal): Promise<boolean> { ... }
 * }
 */
export function HealthIndicator(declaration: HealthCheckDeclaration) {
  return (_target: object, _key: string | symbol, { value }: IndicatorDescriptor): void => {
    Reflect.defineMetadata(DECLARATION, declaration, value!);
  };
}

/** The checks declared by the methods of a prototype, including inherited ones. */
export function declaredIndicators(
  prototype: object | null,
): readonly (readonly [string | symbol, HealthCheckDeclaration])[] {
  const found = new Map<string | symbol, HealthCheckDeclaration | undefined>();
  for (let level = prototype; level && level !== Object.prototype; level = parentOf(level)) {
    for (const key of Reflect.ownKeys(level)) {
      // A method that a subclass overrides without the decorator is no longer a check.
      if (found.has(key)) continue;
      const value: unknown = Object.getOwnPropertyDescriptor(level, key)?.value;
      const isMethod = typeof value === 'function' && key !== 'constructor';
      found.set(key, isMethod ? declarationOf(value) : undefined);
    }
  }
  return [...found].filter((entry): entry is [string | symbol, HealthCheckDeclaration] =>
    Boolean(entry[1]),
  );
}

function parentOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}

function declarationOf(method: object): HealthCheckDeclaration | undefined {
  return Reflect.getMetadata(DECLARATION, method) as HealthCheckDeclaration | undefined;
}
