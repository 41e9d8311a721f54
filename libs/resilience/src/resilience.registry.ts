import {
  CHECK_HEALTH,
  OptionError,
  SystemClock,
  type Clock,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { CircuitBreaker } from './circuit-breaker/circuit-breaker.js';
import {
  resolveCircuitBreaker,
  type CircuitBreakerOptions,
  type ResolvedCircuitBreaker,
} from './circuit-breaker/circuit-breaker.options.js';
import { CircuitBreakerPolicy } from './circuit-breaker/circuit-breaker.policy.js';
import { FallbackPolicy } from './fallback/fallback.policy.js';
import { protectedMethod, type ProtectedMethod } from './pipeline/declared-policies.js';
import { Pipeline } from './pipeline/pipeline.js';
import type { Policy } from './pipeline/policy.js';
import { MODULE_OPTIONS_TOKEN } from './resilience.module-definition.js';
import type { ResilienceModuleOptions } from './resilience.options.js';
import { resolveRetry } from './retry/retry.options.js';
import { RetryPolicy } from './retry/retry.policy.js';
import { resolveTimeout } from './timeout/timeout.options.js';
import { TimeoutPolicy } from './timeout/timeout.policy.js';

interface RegisteredBreaker {
  readonly breaker: CircuitBreaker;
  readonly declared: CircuitBreakerOptions;
  readonly resolved: ResolvedCircuitBreaker;
}

/**
 * Holds the state of one application's policies: pipelines by method, breakers by name. Nothing of
 * it is static, so that two applications in one process share nothing.
 */
@Injectable()
export class ResilienceRegistry implements HealthContributor, OnApplicationShutdown {
  readonly healthCheck = { name: 'circuit-breakers', critical: false };
  private readonly pipelines = new Map<unknown, Pipeline>();
  private readonly breakers = new Map<string, RegisteredBreaker>();
  private readonly clock: Clock;
  private readonly random: () => number;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: ResilienceModuleOptions) {
    this.clock = options.clock ?? new SystemClock();
    this.random = options.random ?? Math.random;
  }

  /** The breaker of that name, or undefined if no method declares it. */
  get(name: string): CircuitBreaker | undefined {
    return this.breakers.get(name)?.breaker;
  }

  /** All breakers of the application. */
  all(): readonly CircuitBreaker[] {
    return [...this.breakers.values()].map(({ breaker }) => breaker);
  }

  /** The compiled pipeline of a protected method; compiled at the first request for it. */
  pipelineOf(method: object): Pipeline {
    const known = this.pipelines.get(method);
    if (known) return known;
    const compiled = this.compile(protectedMethod(method)!);
    this.pipelines.set(method, compiled);
    return compiled;
  }

  [CHECK_HEALTH](): HealthObservation {
    const open = this.all()
      .map(({ snapshot }) => snapshot)
      .filter(({ state }) => state !== 'closed');
    return {
      status: open.length === 0 ? 'up' : 'degraded',
      ...(open.length > 0 && { code: 'circuit-open' }),
      observed: Object.fromEntries(
        this.all().map(({ snapshot: { name, state } }) => [name, state]),
      ),
    };
  }

  onApplicationShutdown(): void {
    for (const { breaker } of this.breakers.values()) breaker.shutdown();
  }

  private compile({ className, key, original, policies }: ProtectedMethod): Pipeline {
    const path = `${className}.${String(key)}`;
    const name = policies['circuit-breaker']?.name ?? path;
    const compiled: Policy[] = [];
    if (policies.fallback) compiled.push(new FallbackPolicy(name, policies.fallback));
    if (policies.retry) {
      const options = resolveRetry(`${path} @Retry`, policies.retry, this.random);
      compiled.push(new RetryPolicy(name, options, this.clock));
    }
    if (policies['circuit-breaker']) {
      const { breaker, resolved } = this.breaker(path, name, policies['circuit-breaker']);
      compiled.push(new CircuitBreakerPolicy(breaker, resolved));
    }
    if (policies.timeout) {
      const options = resolveTimeout(`${path} @Timeout`, policies.timeout);
      compiled.push(new TimeoutPolicy(name, options, this.clock));
    }
    return new Pipeline(path, compiled, original);
  }

  private breaker(path: string, name: string, declared: CircuitBreakerOptions): RegisteredBreaker {
    const known = this.breakers.get(name);
    if (known && !isDeepStrictEqual(known.declared, declared)) {
      throw new OptionError(
        `${path} @CircuitBreaker`,
        declared,
        `the breaker '${name}' is declared elsewhere with other options; share one object or use another name`,
      );
    }
    if (known) return known;
    const resolved = resolveCircuitBreaker(`${path} @CircuitBreaker`, declared);
    const breaker = new CircuitBreaker(name, resolved, this.clock);
    const registered = { breaker, declared, resolved };
    this.breakers.set(name, registered);
    return registered;
  }
}
