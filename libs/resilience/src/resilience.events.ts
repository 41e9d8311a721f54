import { diagnostics } from '@loyalnest/core';
import type { CircuitState } from './circuit-breaker/circuit-state.js';

export interface CircuitStateChanged {
  readonly policy: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
}

export interface AttemptFailed {
  readonly policy: string;
  /** Number of the attempt that failed; 1 is the first. */
  readonly attempt: number;
  readonly error: unknown;
  /** Time until the next attempt, in milliseconds. */
  readonly delayMs: number;
}

export interface FellBack {
  readonly policy: string;
  readonly handler: string;
  readonly error: unknown;
}

export const circuitStateChanged = diagnostics<CircuitStateChanged>(
  'loyalnest:resilience:circuit-state',
);
export const attemptFailed = diagnostics<AttemptFailed>('loyalnest:resilience:attempt-failed');
export const fellBack = diagnostics<FellBack>('loyalnest:resilience:fallback');
