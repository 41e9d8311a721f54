import { diagnostics } from '@loyalnest/core';
import type { CircuitState } from './circuit-breaker/circuit-state.js';
import type { CircuitCommand } from './operator/circuit-command.js';

/** `policy` is the dependency's name: a name declared in code, never one made from data. */
export interface CircuitStateChanged {
  /**
   * The application whose circuit it is: the `applicationId` of Nest's `ModulesContainer`. A process
   * may hold several, and all of them share the channel.
   */
  readonly app?: string;
  readonly policy: string;
  /** Of a breaker with `key`: which one. Made from data; never use it as a metric's label. */
  readonly key?: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
}

export interface AttemptFailed {
  readonly policy: string;
  /** Number of the attempt that failed; 1 is the first. */
  readonly attempt: number;
  /** What was thrown; undefined if the result was not accepted. */
  readonly error: unknown;
  /** Time until the next attempt, in milliseconds. */
  readonly delayMs: number;
}

/** A retry or a hedge was not made, because too many calls of the dependency are repeats already. */
export interface RetryBudgetExhausted {
  readonly policy: string;
  readonly refused: 'retry' | 'hedge';
}

/** A call was refused before the dependency was asked. */
export interface CallRejected {
  readonly policy: string;
  readonly by: 'bulkhead' | 'rate-limit';
  readonly retryAfterMs: number;
}

export interface HedgeStarted {
  readonly policy: string;
  /** 1 for the first hedge, beside the call itself. */
  readonly hedge: number;
}

/** A value past its time was served because a new one could not be got. */
export interface StaleServed {
  readonly policy: string;
  readonly ageMs: number;
  readonly error: unknown;
}

export interface FellBack {
  readonly policy: string;
  /** Name of the method, or of the function, that answered instead. */
  readonly handler: string;
  readonly error: unknown;
}

export interface FaultInjected {
  readonly policy: string;
  readonly fault: 'latency' | 'error';
}

/**
 * A command of an operator reached an application, its own ones included: the audit trail. Every
 * instance that hears of the command tells of it.
 */
export interface OperatorCommanded extends CircuitCommand {
  /** The application that it reached. See {@link CircuitStateChanged.app}. */
  readonly app: string;
  /** Name of the instance where it was given. */
  readonly instance: string;
  /** False: no breaker of that name and key exists here. */
  readonly applied: boolean;
}

export const circuitStateChanged = diagnostics<CircuitStateChanged>(
  'loyalnest:resilience:circuit-state',
);
export const attemptFailed = diagnostics<AttemptFailed>('loyalnest:resilience:attempt-failed');
export const retryBudgetExhausted = diagnostics<RetryBudgetExhausted>(
  'loyalnest:resilience:retry-budget-exhausted',
);
export const callRejected = diagnostics<CallRejected>('loyalnest:resilience:call-rejected');
export const hedgeStarted = diagnostics<HedgeStarted>('loyalnest:resilience:hedge-started');
export const staleServed = diagnostics<StaleServed>('loyalnest:resilience:stale-served');
export const fellBack = diagnostics<FellBack>('loyalnest:resilience:fallback');
export const faultInjected = diagnostics<FaultInjected>('loyalnest:resilience:fault-injected');
export const operatorCommanded = diagnostics<OperatorCommanded>(
  'loyalnest:resilience:operator-command',
);
