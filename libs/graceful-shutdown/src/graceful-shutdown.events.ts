import { diagnostics, type DrainPhase } from '@loyalnest/core';

/** Why a shutdown began: a signal, or Node's event for an error that nothing caught. */
export type ShutdownCause = 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection';

export interface ShutdownBegan {
  readonly cause: ShutdownCause;
  /** The running requests, as method and path. */
  readonly running: readonly string[];
}

export interface ShutdownPhaseEnded {
  /** `boot`: a boot that had not ended; `http`: running requests; `hooks`: Nest's own hooks. */
  readonly phase: DrainPhase | 'boot' | 'http' | 'hooks';
  readonly durationMs: number;
  /** Everything that had not ended when the time was up; empty on success. */
  readonly stuck: readonly string[];
}

export interface ShutdownEnded {
  readonly cause: ShutdownCause;
  /** From the signal until the process exits. */
  readonly durationMs: number;
  readonly exitCode: number;
  /** Everything that had not ended in time, each with its phase; empty on success. */
  readonly stuck: readonly string[];
}

export const shutdownBegan = diagnostics<ShutdownBegan>('loyalnest:graceful-shutdown:began');
export const shutdownPhaseEnded = diagnostics<ShutdownPhaseEnded>(
  'loyalnest:graceful-shutdown:phase-ended',
);
/** Published in the tick of the exit, so only the synchronous part of a listener runs. */
export const shutdownEnded = diagnostics<ShutdownEnded>('loyalnest:graceful-shutdown:ended');
