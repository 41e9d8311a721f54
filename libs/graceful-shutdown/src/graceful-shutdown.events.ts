import { diagnostics, type DrainPhase } from '@loyalnest/core';

/** Why a shutdown began: a signal, or the name of the event of an error that nobody caught. */
export type ShutdownCause = 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection';

export interface ShutdownBegan {
  readonly cause: ShutdownCause;
  /** Requests that were running, as method and path. */
  readonly running: readonly string[];
}

export interface ShutdownPhaseEnded {
  /** `http`: running requests; `hooks`: Nest's own. */
  readonly phase: DrainPhase | 'http' | 'hooks';
  readonly durationMs: number;
  /** What had not ended when the time was over; empty if all went well. */
  readonly stuck: readonly string[];
}

export const shutdownBegan = diagnostics<ShutdownBegan>('loyalnest:graceful-shutdown:began');
export const shutdownPhaseEnded = diagnostics<ShutdownPhaseEnded>(
  'loyalnest:graceful-shutdown:phase-ended',
);
