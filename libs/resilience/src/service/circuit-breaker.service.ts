import { Injectable } from '@nestjs/common';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js';
import type { CircuitState } from '../circuit-breaker/circuit-state.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { CircuitNotFoundError } from './circuit-not-found.error.js';
import { NamedPolicy } from './named-policy.js';
import type { ResilientOperation } from './resilient-operation.js';

export interface CircuitStats {
  /** Settled calls in the window. */
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
 * Circuit breakers by name, without a declaration. A name gets the policies of the set of that
 * name. Without a set it gets a breaker and a timeout, with the defaults (`CIRCUIT_BREAKER_*`).
 */
@Injectable()
export class CircuitBreakerService {
  constructor(private readonly registry: ResilienceRegistry) {}

  /**
   * Runs the operation behind the breaker.
   *
   * @param fallback answers if the call fails; gets the error
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

  /** The states by name; a breaker with a key is listed as `name[key]`. */
  getAllStates(): Readonly<Record<string, CircuitStatus>> {
    return Object.fromEntries(
      this.registry.all().map((breaker) => [breaker.label, statusOf(breaker)]),
    );
  }

  /**
   * Forces the circuit open: rejects all calls until {@link closeCircuit}.
   *
   * @throws CircuitNotFoundError
   */
  openCircuit(name: string): void {
    this.breaker(name).force('forced-open');
  }

  /**
   * Closes the circuit with an empty window.
   *
   * @throws CircuitNotFoundError
   */
  closeCircuit(name: string): void {
    this.breaker(name).close();
  }

  /** Stops delays and timers; calls cannot be made afterwards. The module does this at shutdown. */
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
