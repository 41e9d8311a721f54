/**
 * Phases of a shutdown, in order. The steps of a phase run together. The next phase starts when all of
 * them have ended or the phase's time is up.
 */
export const DRAIN_PHASES = [
  /** Take no new work: pause workers, stop cron and relays. Must return at once. */
  'stop-intake',
  /** Finish accepted work, or hand it back when the signal aborts. */
  'drain',
  /** Close queues and event streams. */
  'close-queues',
  /** Close database pools. */
  'close-databases',
  /** Close Redis and other shared connections. */
  'close-connections',
  /** Write the remaining logs and traces. */
  'flush',
] as const;

/** A phase of a shutdown: see {@link DRAIN_PHASES}. */
export type DrainPhase = (typeof DRAIN_PHASES)[number];

/** A step that a provider runs while its process shuts down. */
export interface DrainStep {
  readonly phase: DrainPhase;
  /** Name in the log and in the report of stuck steps. */
  readonly name: string;
  /** Does the work. `signal` aborts when the phase's time is up: hand work back or give up then. */
  run(signal: AbortSignal): void | Promise<void>;
  /** Returns unfinished work, such as job ids. Called when the step exceeds its time. */
  pending?(): readonly string[];
}

/** Key of the method with which a provider takes part in the shutdown. */
export const DRAIN: unique symbol = Symbol.for('@loyalnest/core:drain');

/** A provider with work or connections to end. Nest's discovery finds it; you register nothing. */
export interface Drainable {
  [DRAIN](): readonly DrainStep[];
}

/** Returns whether a provider implements {@link Drainable}. */
export function isDrainable(value: unknown): value is Drainable {
  return typeof (value as Partial<Drainable> | null | undefined)?.[DRAIN] === 'function';
}
