import {
  CHECK_HEALTH,
  durationMs,
  OptionError,
  SystemClock,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ApplicationClosedError } from './application-closed.error.js';
import type { CircuitBreaker } from './circuit-breaker/circuit-breaker.js';
import {
  resolveCircuitBreaker,
  type CircuitBreakerOptions,
} from './circuit-breaker/circuit-breaker.options.js';
import { classifierOf } from './classification/classifier.js';
import { EnvironmentPolicies } from './environment/environment-policies.js';
import { checkFallback } from './fallback/fallback.options.js';
import { Faults } from './fault-injection/faults.js';
import { returnsObservable } from './declaration/class-methods.js';
import { checkRequestTimeout } from './pipeline/check-request-timeout.js';
import { compilePolicies } from './pipeline/compile-policies.js';
import { declaredPolicies } from './pipeline/declared-policies.js';
import { invocationOf } from './pipeline/invocation.js';
import { Pipeline } from './pipeline/pipeline.js';
import { mergePolicies, withDefaults, type PolicySet } from './policy-set.js';
import { protectedMethod, type ProtectedMethod } from './declaration/protected-method.js';
import { PolicyStates } from './policy-states.js';
import { MODULE_OPTIONS_TOKEN } from './resilience.module-definition.js';
import type { ResilienceModuleOptions } from './resilience.options.js';
import { CircuitNotFoundError } from './service/circuit-not-found.error.js';
import { invokeOperation } from './service/resilient-operation.js';
import { signalIndexOf } from './signal/signal.decorator.js';
import { UniqueClassNames } from './unique-class-names.js';

type Class = abstract new (...args: never[]) => unknown;

interface CompiledMethod {
  readonly owner: unknown;
  readonly pipeline: Pipeline;
}

/**
 * Holds the state of one application's policies: pipelines by class and method, and all state that
 * is shared by name. Nothing is static, so two applications in one process share nothing.
 */
@Injectable()
export class ResilienceRegistry
  implements HealthContributor, OnApplicationBootstrap, OnApplicationShutdown
{
  readonly healthCheck = { name: 'circuit-breakers', critical: false };
  /** Identifies the application among others in its process. Its events carry it as `app`. */
  readonly app: string;
  /** Which dependencies get the faults that `@FaultInjection` declares. */
  readonly faults: Faults;
  /** State shared by name. */
  readonly states: PolicyStates;
  private readonly ending = new AbortController();
  private booted = false;
  private readonly classNames = new UniqueClassNames();
  private readonly compiled = new Map<object, Map<unknown, Pipeline>>();
  /** By method id: the class that called the method last, and its pipeline. */
  private readonly latest: CompiledMethod[] = [];
  /** Pipelines of named sets, which belong to no method. */
  private readonly sets = new Map<string, Pipeline>();
  private readonly changes = new Map<string, Partial<CircuitBreakerOptions>>();
  /** Policy options from environment variables. */
  readonly environment: EnvironmentPolicies;
  private readonly options: ResilienceModuleOptions;
  private readonly requestTimeoutMs: number;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: ResilienceModuleOptions,
    { applicationId }: ModulesContainer,
  ) {
    this.app = applicationId;
    const logger = new Logger('Resilience');
    this.environment = new EnvironmentPolicies(options.environment ?? process.env);
    this.options = {
      ...options,
      defaults: mergePolicies(options.defaults, this.environment.defaults()),
    };
    const { requestTimeout } = options;
    this.requestTimeoutMs =
      requestTimeout === undefined
        ? Infinity
        : durationMs('ResilienceModule.requestTimeout', requestTimeout, { minMs: 1 });
    this.faults = new Faults(options.faults);
    this.states = new PolicyStates(
      this.app,
      options.clock ?? new SystemClock(),
      options.random ?? Math.random,
      this.faults,
      this.ending.signal,
      (message) => logger.warn(message),
      classifierOf('ResilienceModule', options.classify),
      this.requestTimeoutMs,
    );
  }

  /**
   * The breaker of that name, or undefined if no method declares it.
   *
   * @param key selects one breaker of a policy with `key`
   */
  get(name: string, key?: string): CircuitBreaker | undefined {
    return this.states.breakers.get(name)?.find(key);
  }

  /** All breakers of the application, including those with a key. */
  all(): readonly CircuitBreaker[] {
    return this.states.breakers.all().flatMap((breakers) => breakers.all());
  }

  /** All compiled pipelines. Most are compiled at boot, the others at their first call. */
  pipelines(): readonly Pipeline[] {
    const ofMethods = [...this.compiled.values()].flatMap((byOwner) => [...byOwner.values()]);
    return [...ofMethods, ...this.sets.values()];
  }

  /**
   * The compiled pipeline of a protected method.
   *
   * @param owner class of the instance; a subclass has its own state for inherited methods
   */
  pipelineOf(method: object, owner?: Class): Pipeline {
    const declaration = protectedMethod(method);
    if (!declaration) {
      throw new OptionError('pipelineOf', method, 'pass a method that a policy is declared on');
    }
    const concrete = owner ?? (declaration.target.constructor as Class);
    let byOwner = this.compiled.get(method);
    if (!byOwner) this.compiled.set(method, (byOwner = new Map()));
    let pipeline = byOwner.get(concrete);
    if (!pipeline) byOwner.set(concrete, (pipeline = this.compile(declaration, concrete)));
    return pipeline;
  }

  /** The pipeline for a call on `self`. Only the protected methods call this. */
  pipelineFor(method: object, id: number, self: object): Pipeline {
    const owner: unknown = self.constructor;
    const latest = this.latest[id];
    if (latest !== undefined && latest.owner === owner) return latest.pipeline;
    const pipeline = this.pipelineOf(method, owner as Class);
    this.latest[id] = { owner, pipeline };
    return pipeline;
  }

  /**
   * The pipeline of a named set of the module.
   *
   * @param otherwise policies for a name without a set; if omitted, an unknown name throws
   */
  pipelineOfSet(name: string, otherwise?: PolicySet): Pipeline {
    const known = this.sets.get(name);
    if (known) return known;
    const { defaults = {}, policies: sets = {} } = this.options;
    const set = Object.hasOwn(sets, name) ? sets[name] : otherwise;
    if (!set) {
      throw new OptionError(
        'policy',
        name,
        `add it to ResilienceModule.forRoot({ policies }); existing sets: ${Object.keys(sets).join(', ') || 'none'}`,
      );
    }
    const limit = set === otherwise ? { timeout: defaults.timeout ?? DEFAULT_TIMEOUT } : {};
    const declared = mergePolicies(limit, set);
    const dependency = declared.circuitBreaker?.name ?? name;
    const policies = mergePolicies(
      withDefaults(defaults, declared),
      this.environment.overridesOf(dependency, declared),
    );
    const path = `policies.${name}`;
    if (set !== otherwise) checkRequestTimeout(path, policies, this.requestTimeoutMs);
    const target = { methodPath: path, dependency, sharedName: name, returnsObservable: false };
    const pipeline = new Pipeline({
      name: path,
      dependency,
      policies: compilePolicies(policies, { ...target, states: this.states }),
      invoke: invokeOperation,
      clock: this.states.clock,
    });
    this.sets.set(name, pipeline);
    return pipeline;
  }

  /**
   * Compiles every named set, so that an invalid option fails the boot instead of the first call.
   */
  compileSets(): void {
    for (const [name, { fallback }] of Object.entries(this.options.policies ?? {})) {
      // A fallback named after a method needs a class, so such a set only works with `@Resilient`.
      if (typeof fallback?.handler !== 'string') this.pipelineOfSet(name);
    }
  }

  /** Changes options of a running breaker in place. See `ResilienceService.update`. */
  updateBreaker(name: string, changes: Partial<CircuitBreakerOptions>): void {
    const breakers = this.states.breakers.get(name);
    if (!breakers) {
      throw new CircuitNotFoundError(
        name,
        this.all().map(({ label }) => label),
      );
    }
    const declared = this.states.breakers.declaredOf(name) as CircuitBreakerOptions;
    const all = { ...this.changes.get(name), ...changes };
    breakers.update(
      resolveCircuitBreaker(`update('${name}')`, { ...declared, ...all }, this.states),
    );
    this.changes.set(name, all);
  }

  [CHECK_HEALTH](): HealthObservation {
    const snapshots = this.all().map(({ snapshot }) => snapshot);
    const healthy = snapshots.every(({ state }) => HEALTHY.has(state));
    return {
      status: healthy ? 'up' : 'degraded',
      ...(!healthy && { code: 'circuit-open' }),
      observed: Object.fromEntries(snapshots.map(({ name, state }) => [name, state])),
    };
  }

  /** Whether the application has booted and has not shut down. */
  get running(): boolean {
    return this.booted && !this.ending.signal.aborted;
  }

  onApplicationBootstrap(): void {
    this.booted = true;
  }

  /** Stops waiting retries and the breakers' reset timers. */
  onApplicationShutdown(): void {
    this.ending.abort(new ApplicationClosedError());
    for (const breakers of this.states.breakers.all()) breakers.shutdown();
  }

  private compile(method: ProtectedMethod, owner: Class): Pipeline {
    const { key, original } = method;
    const path = `${this.classNames.of(owner)}.${String(key)}`;
    const { policies: declared, resilient } = declaredPolicies(path, method, this.options);
    const sharedName = resilient ?? path;
    const dependency = declared.circuitBreaker?.name ?? sharedName;
    const policies = mergePolicies(declared, this.environment.overridesOf(dependency, declared));
    checkRequestTimeout(path, policies, this.requestTimeoutMs);
    const prototype = owner.prototype as object;
    if (policies.fallback) checkFallback(`${path} @Fallback`, policies.fallback, prototype, key);
    const observable = returnsObservable(prototype, key);
    const signalIndex = signalIndexOf(prototype, key);
    const target = { methodPath: path, dependency, sharedName, returnsObservable: observable };
    return new Pipeline({
      name: path,
      dependency,
      policies: compilePolicies(policies, { ...target, states: this.states }),
      invoke: invocationOf(path, original, signalIndex),
      clock: this.states.clock,
      returnsObservable: observable,
      signalIndex,
    });
  }
}

/** Timeout of a breaker that is used by name only. */
const DEFAULT_TIMEOUT = '10s';
const HEALTHY: ReadonlySet<string> = new Set(['closed', 'forced-closed', 'metrics-only']);
