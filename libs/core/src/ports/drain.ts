/**
 * Phases of a shutdown, in order. Steps of one phase run together; the next phase starts when all
 * have ended or the phase's cap is over.
 */
export const DRAIN_PHASES = [
  /** Take no new work: pause workers, stop cron and relays. Must return at once. */
  'stop-intake',
  /** Let work that was accepted finish, or hand it back when the signal aborts. */
  'drain',
  /** Close queues and event streams. */
  'close-queues',
  /** Close database pools. */
  'close-databases',
  /** Close Redis and other shared connections. */
  'close-connections',
  /** Write out logs and traces. */
  'flush',
] as const;

export type DrainPhase = (typeof DRAIN_PHASES)[number];

/** One thing that a provider does while its process shuts down. */
export interface DrainStep {
  readonly phase: DrainPhase;
  /** Named in the log and in the report of what is stuck. */
  readonly name: string;
  /** `signal` aborts when the phase's time is over: hand back or give up then. */
  run(signal: AbortSignal): void | Promise<void>;
  /** What is still going on, such as job ids; asked when the step exceeds its time. */
  pending?(): readonly string[];
}

/** Key of the method by which a provider takes part in the shutdown. */
export const DRAIN: unique symbol = Symbol.for('@loyalnest/core:drain');

/** A provider that can stop intake, drain or close. Found by discovery; no import needed. */
export interface Drainable {
  [DRAIN](): readonly DrainStep[];
}

export function isDrainable(value: unknown): value is Drainable {
  return typeof (value as Partial<Drainable> | null | undefined)?.[DRAIN] === 'function';
}
