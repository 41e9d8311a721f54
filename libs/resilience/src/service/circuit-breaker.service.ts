import { Injectable } from '@nestjs/common';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js';
import type { CircuitState } from '../circuit-breaker/circuit-state.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { CircuitNotFoundError } from './circuit-not-found.error.js';
import { NamedPolicy } from './named-policy.js';
import type { ResilientOperation } from './resilient-operation.js';

export interface CircuitStats {
  /** Calls in the window that have settled. */
  readonly calls: number;
  readonly successes: number;
  readonly failures: number;
  readonly slowCalls: number;
}

export interface CircuitStatus {
  /** True if a call would be rejected now. */
  readonly isOpen: boolean;
  readonly state: CircuitState;
  readonly stats: CircuitStats;
}

/**
 * Circuit breakers by name, without declaring them: each name gets a breaker and a time limit at its
 * first use, with the options of the set of that name or the defaults (`CIRCUIT_BREAKER_*`).
 */
@Injectable()
export class CircuitBreakerService {
  constructor(private readonly registry: ResilienceRegistry) {}

  /**
   * Runs the operation behind the breaker.
   *
   * @param fallback answers in place of a failure in the end; gets the error
   * @throws CircuitOpenError, TimeoutError, or what the operation throws
   */
  async execute<T>(
    name: string,
    operation: ResilientOperation<T>,
    fallback?: (error: unknown) => T | Promise<T>,
  ): Promise<T> {
    const policy = new NamedPolicy(this.registry.pipelineOfSet(name, { circuitBreaker: {} }));
    if (!fallback) return policy.execute(operation);
    return policy.execute(operation).catch(fallback);
  }

  /** @throws CircuitNotFoundError */
  getState(name: string): CircuitStatus {
    return statusOf(this.breaker(name));
  }

  /** By name; a breaker among several of one policy is listed as `name[key]`. */
  getAllStates(): Readonly<Record<string, CircuitStatus>> {
    return Object.fromEntries(
      this.registry.all().map((breaker) => [breaker.label, statusOf(breaker)]),
    );
  }

  /** Rejects all calls until the circuit is closed again. @throws CircuitNotFoundError */
  openCircuit(name: string): void {
    this.breaker(name).force('forced-open');
  }

  /** Lets calls pass and counts them anew. @throws CircuitNotFoundError */
  closeCircuit(name: string): void {
    this.breaker(name).close();
  }

  /** Ends sleeps and timers; calls after it are of no use. It is done at the end anyway. */
  shutdown(): void {
    this.registry.onApplicationShutdown();
  }

  private breaker(name: string): CircuitBreaker {
    const breaker = this.registry.get(name);
    if (breaker) return breaker;
    throw new CircuitNotFoundError(
      name,
      this.registry.all().map(({ label }) => label),
    );
  }
}

function statusOf({ snapshot }: CircuitBreaker): CircuitStatus {
  const { state, calls, successes, failures, slowCalls } = snapshot;
  return {
    isOpen: state === 'open' || state === 'forced-open',
    state,
    stats: { calls, successes, failures, slowCalls },
  };
}
