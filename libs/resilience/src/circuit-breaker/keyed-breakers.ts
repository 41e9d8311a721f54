import type { CircuitBreaker } from './circuit-breaker.js';

/** Maximum number of breakers checked per eviction, so a call never pays for thousands. */
const MAX_CHECKED = 32;

/**
 * One breaker per key, created on first use. Above the limit the least recently used ones are
 * dropped, but only idle ones: an open circuit, or one with counted calls, is never dropped.
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
      // A Map keeps the order of insertion, so the least recently used come first.
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
    let checked = 0;
    for (const [key, breaker] of this.breakers) {
      if (this.breakers.size < this.maxKeys || checked++ === MAX_CHECKED) return;
      if (!breaker.idle) continue;
      breaker.shutdown();
      this.breakers.delete(key);
    }
  }
}
