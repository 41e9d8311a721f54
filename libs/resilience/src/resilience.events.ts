import { diagnostics } from '@loyalnest/core';
import type { NeutralReason } from '@loyalnest/core/toolkit';
import type { CircuitState } from './circuit-breaker/circuit-state.js';
import type { CircuitCommand } from './operator/circuit-command.js';

/** `policy` is the name of the dependency as declared in code. It never comes from data. */
export interface CircuitStateChanged {
  /**
   * The application that owns the circuit: the `applicationId` of Nest's `ModulesContainer`. A
   * process can run several applications, and they share the channel.
   */
  readonly app?: string;
  readonly policy: string;
  /**
   * Key of the breaker, for a policy with `key`. It comes from data: never use it as a metric
   * label.
   */
  readonly key?: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
}

export interface AttemptFailed {
  readonly policy: string;
  /** Number of the failed attempt; 1 is the first. */
  readonly attempt: number;
  /** What was thrown; undefined if `retryResult` rejected the result. */
  readonly error: unknown;
  /** Time until the next attempt, in milliseconds. */
  readonly delayMs: number;
}

/** A retry or a hedge was skipped because the dependency's retry budget is used up. */
export interface RetryBudgetExhausted {
  readonly policy: string;
  readonly refused: 'retry' | 'hedge';
}

/** A call was rejected before it reached the dependency. */
export interface CallRejected {
  readonly policy: string;
  readonly by: 'bulkhead' | 'rate-limit';
  readonly retryAfterMs: number;
}

/** A result that says nothing about the dependency, so its breaker counts it neither way. */
export interface ResultNotCounted {
  readonly policy: string;
  readonly reason: NeutralReason;
}

export interface HedgeStarted {
  readonly policy: string;
  /** 1 for the first hedge; the original call is not counted. */
  readonly hedge: number;
}

/** An expired value was served because the call for a new one failed. */
export interface StaleServed {
  readonly policy: string;
  readonly ageMs: number;
  readonly error: unknown;
}

export interface FellBack {
  readonly policy: string;
  /** Name of the method or function that answered instead. */
  readonly handler: string;
  readonly error: unknown;
}

export interface FaultInjected {
  readonly policy: string;
  readonly fault: 'latency' | 'error';
}

/**
 * An application received an operator's command, its own or one from another instance. Every
 * instance that receives the command publishes this event. Together the events are the audit trail.
 */
export interface OperatorCommanded extends CircuitCommand {
  /** The application that received it. See {@link CircuitStateChanged.app}. */
  readonly app: string;
  /** Name of the instance on which it was given. */
  readonly instance: string;
  /** False if no breaker of that name and key exists here. */
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
export const resultNotCounted = diagnostics<ResultNotCounted>(
  'loyalnest:resilience:result-not-counted',
);
export const hedgeStarted = diagnostics<HedgeStarted>('loyalnest:resilience:hedge-started');
export const staleServed = diagnostics<StaleServed>('loyalnest:resilience:stale-served');
export const fellBack = diagnostics<FellBack>('loyalnest:resilience:fallback');
export const faultInjected = diagnostics<FaultInjected>('loyalnest:resilience:fault-injected');
export const operatorCommanded = diagnostics<OperatorCommanded>(
  'loyalnest:resilience:operator-command',
);
