import type { Clock } from '@loyalnest/core';
import { CircuitBreaker } from './circuit-breaker.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';
import { warnAbsentKey } from '../policy/absent-key.js';
import { ownKey } from '../policy/own-key.js';
import { KeyedBreakers } from './keyed-breakers.js';

/** The breakers of one policy: a single one, or one per key. */
export class CircuitBreakers {
  private readonly single: CircuitBreaker | undefined;
  private readonly keyed: KeyedBreakers | undefined;
  private app: string | undefined;

  constructor(
    readonly name: string,
    private options: ResolvedCircuitBreaker,
    private readonly clock: Clock,
  ) {
    if (options.key === undefined) this.single = this.create();
    else {
      this.keyed = new KeyedBreakers(options.maxKeys, (key) => this.create(key));
    }
  }

  /** Sets the application that owns the breakers, for their events. */
  belongTo(app: string): void {
    this.app = app;
    for (const breaker of this.all()) breaker.app = app;
  }

  /**
   * The breaker for a call. Undefined if the call's key is undefined or empty: calls that name nobody
   * must not open a circuit for each other. The first time, this is logged.
   */
  of(self: unknown, args: readonly unknown[]): CircuitBreaker | undefined {
    if (this.single !== undefined) return this.single;
    const key = ownKey(this.options.key!, self, args);
    if (key !== undefined) return this.keyed!.get(key);
    const policy = `${this.name} @CircuitBreaker`;
    warnAbsentKey(policy, 'its key is undefined or empty', 'return a key for every call');
    return undefined;
  }

  find(key?: string): CircuitBreaker | undefined {
    return key === undefined ? this.single : this.keyed?.find(key);
  }

  all(): readonly CircuitBreaker[] {
    return this.single ? [this.single] : this.keyed!.all();
  }

  /** Changes options in place, except `key` and `maxKeys`. */
  update(options: ResolvedCircuitBreaker): void {
    const { key, maxKeys } = this.options;
    this.options = { ...options, key, maxKeys };
    for (const breaker of this.all()) breaker.update(this.options);
  }

  shutdown(): void {
    for (const breaker of this.all()) breaker.shutdown();
  }

  private create(key?: string): CircuitBreaker {
    const breaker = new CircuitBreaker(this.name, this.options, this.clock, key);
    breaker.app = this.app;
    return breaker;
  }
}
