import { OptionError, type DrainPhase, type DrainStep } from '@loyalnest/core';
import { DRAIN_PHASES } from '@loyalnest/core/toolkit';

const DECLARATIONS = Symbol.for('@loyalnest/graceful-shutdown:on-drain');

export interface OnDrainOptions {
  /** When in the shutdown the method runs; phases run in the order of core's `DRAIN_PHASES`. */
  readonly phase: DrainPhase;
  /** Appears in the log and in the report of stuck steps. @defaultValue `<class>.<method>` */
  readonly name?: string;
}

type StepMethod = (signal: AbortSignal) => void | Promise<void>;

/** The part of a method descriptor that is read. Methods without a signal parameter fit too. */
interface StepDescriptor {
  readonly value?: StepMethod;
}

/**
 * Runs a method of a provider or controller as a step of the shutdown. Its signal aborts shortly
 * before the phase runs out of time. It works on singletons; on others it does nothing and warns at
 * boot. It may be applied to a method several times.
 *
 * @throws OptionError for a phase that does not exist
 * @example
 * class SearchIndex {
 *   @OnDrain({ phase: 'close-connections' })
 *   async close(signal: AbortSignal): Promise<void> { ... }
 * }
 */
export function OnDrain(options: OnDrainOptions) {
  return (target: object, key: string | symbol, { value }: StepDescriptor): void => {
    if (!DRAIN_PHASES.includes(options.phase)) {
      throw new OptionError(
        `@OnDrain of ${target.constructor.name}.${String(key)}: phase`,
        options.phase,
        `use one of ${DRAIN_PHASES.join(', ')}`,
      );
    }
    Reflect.defineMetadata(DECLARATIONS, [options, ...declaredOn(value)], value!);
  };
}

/** The steps that the methods of an instance declare, inherited ones included. */
export function declaredSteps(instance: object): readonly DrainStep[] {
  const prototype = Object.getPrototypeOf(instance) as object | null;
  return declaredBy(prototype).map(({ key, phase, name }) => ({
    phase,
    name: name ?? `${instance.constructor.name}.${String(key)}`,
    run: (signal) => (instance as Record<string | symbol, StepMethod>)[key]!(signal),
  }));
}

/** The steps that the methods of a prototype declare, inherited ones included. */
export function declaredBy(
  prototype: object | null,
): readonly (OnDrainOptions & { readonly key: string | symbol })[] {
  const found = new Map<string | symbol, readonly OnDrainOptions[]>();
  for (let level = prototype; level && level !== Object.prototype; level = parentOf(level)) {
    for (const key of Reflect.ownKeys(level)) {
      // A method that a subclass overrides without the decorator is no longer a step.
      if (found.has(key)) continue;
      found.set(key, declaredOn(Object.getOwnPropertyDescriptor(level, key)?.value));
    }
  }
  return [...found].flatMap(([key, declared]) => declared.map((options) => ({ key, ...options })));
}

function parentOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}

function declaredOn(method: unknown): readonly OnDrainOptions[] {
  if (typeof method !== 'function') return [];
  return (Reflect.getMetadata(DECLARATIONS, method) as readonly OnDrainOptions[] | undefined) ?? [];
}
