import type { HealthObservation } from '@loyalnest/core';
import type { HealthCheckDeclaration } from './health-source.js';

const DECLARATION = Symbol.for('@loyalnest/health:indicator');

/** What a method with `@HealthIndicator` may give, or a promise of it. Nothing: it is well. */
export type HealthIndicatorResult = void | boolean | HealthObservation;

type IndicatorMethod = (
  signal: AbortSignal,
) => HealthIndicatorResult | Promise<HealthIndicatorResult>;

/** A method descriptor as far as it is read: methods that take or give less fit too. */
interface IndicatorDescriptor {
  readonly value?: IndicatorMethod;
}

/**
 * Makes a method of a provider or controller a health check: it is sampled in the background, and
 * counts as failed when it throws, gives `false`, or takes too long. Works on instances that live as
 * long as the application; on others it does nothing and warns at boot.
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

/** The checks that the methods of a prototype declare, inherited ones included. */
export function declaredIndicators(
  prototype: object | null,
): readonly (readonly [string | symbol, HealthCheckDeclaration])[] {
  const found = new Map<string | symbol, HealthCheckDeclaration | undefined>();
  for (let level = prototype; level && level !== Object.prototype; level = parentOf(level)) {
    for (const key of Reflect.ownKeys(level)) {
      // What a subclass overrides without the decorator is no check any more.
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
