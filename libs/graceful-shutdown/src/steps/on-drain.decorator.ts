import { OptionError, type DrainPhase, type DrainStep } from '@loyalnest/core';
import { DRAIN_PHASES } from '@loyalnest/core/toolkit';

const DECLARATIONS = Symbol.for('@loyalnest/graceful-shutdown:on-drain');

export interface OnDrainOptions {
  /** When in the shutdown the method runs; phases run in the order of core's `DRAIN_PHASES`. */
  readonly phase: DrainPhase;
  /** Named in the log and in the report of what is stuck. @defaultValue `<class>.<method>` */
  readonly name?: string;
}

type StepMethod = (signal: AbortSignal) => void | Promise<void>;

/** A method descriptor as far as it is read: methods that take no signal fit too. */
interface StepDescriptor {
  readonly value?: StepMethod;
}

/**
 * Makes a method of a provider or controller a step of the shutdown. Its signal aborts shortly
 * before the time of the phase is over. Works on instances that live as long as the application; on
 * others it does nothing and warns at boot. May stand several times on one method.
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

/** What the methods of a prototype declare. */
export function declaredBy(
  prototype: object | null,
): readonly (OnDrainOptions & { readonly key: string | symbol })[] {
  const found = new Map<string | symbol, readonly OnDrainOptions[]>();
  for (let level = prototype; level && level !== Object.prototype; level = parentOf(level)) {
    for (const key of Reflect.ownKeys(level)) {
      // What a subclass overrides without the decorator is no step any more.
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
