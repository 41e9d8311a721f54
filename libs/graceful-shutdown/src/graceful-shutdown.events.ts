import { diagnostics, type DrainPhase } from '@loyalnest/core';

/** Why a shutdown began: a signal, or the name of the event of an error that nobody caught. */
export type ShutdownCause = 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection';

export interface ShutdownBegan {
  readonly cause: ShutdownCause;
  /** Requests that were running, as method and path. */
  readonly running: readonly string[];
}

export interface ShutdownPhaseEnded {
  /** `boot`: a start that was under way; `http`: running requests; `hooks`: Nest's own. */
  readonly phase: DrainPhase | 'boot' | 'http' | 'hooks';
  readonly durationMs: number;
  /** What had not ended when the time was over; empty if all went well. */
  readonly stuck: readonly string[];
}

export interface ShutdownEnded {
  readonly cause: ShutdownCause;
  /** From the signal until the process exits. */
  readonly durationMs: number;
  readonly exitCode: number;
  /** What had not ended in its time, each with its phase; empty if all went well. */
  readonly stuck: readonly string[];
}

export const shutdownBegan = diagnostics<ShutdownBegan>('loyalnest:graceful-shutdown:began');
export const shutdownPhaseEnded = diagnostics<ShutdownPhaseEnded>(
  'loyalnest:graceful-shutdown:phase-ended',
);
/** Published in the tick of the exit: only listeners that do not wait hear it. */
export const shutdownEnded = diagnostics<ShutdownEnded>('loyalnest:graceful-shutdown:ended');
