import type { CircuitBreaker } from './circuit-breaker.js';

/** Breakers looked at for each one too many, so that a call never pays for thousands. */
const LOOK_AT = 32;

/**
 * One breaker per key, made at first use. Above the cap the longest unused go, but only idle ones:
 * an open circuit, or one with failures counted, is never forgotten.
 */
export class KeyedBreakers {
  private readonly breakers = new Map<string, CircuitBreaker>();

  constructor(
    private readonly maxKeys: number,
    private readonly create: (key: string) => CircuitBreaker,
  ) {}

  get(key: string): CircuitBreaker {
    const known = this.breakers.get(key);
    if (known) {
      // A Map keeps the order of insertion: the longest unused come first.
      this.breakers.delete(key);
      this.breakers.set(key, known);
      return known;
    }
    if (this.breakers.size >= this.maxKeys) this.evict();
    const created = this.create(key);
    this.breakers.set(key, created);
    return created;
  }

  find(key: string): CircuitBreaker | undefined {
    return this.breakers.get(key);
  }

  all(): readonly CircuitBreaker[] {
    return [...this.breakers.values()];
  }

  private evict(): void {
    let looked = 0;
    for (const [key, breaker] of this.breakers) {
      if (this.breakers.size < this.maxKeys || looked++ === LOOK_AT) return;
      if (!breaker.idle) continue;
      breaker.shutdown();
      this.breakers.delete(key);
    }
  }
}
