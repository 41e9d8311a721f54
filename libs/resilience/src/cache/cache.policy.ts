import type { Clock } from '@loyalnest/core';
import { callKeyOf } from '../policy/call-key.js';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import { staleServed } from '../resilience.events.js';
import type { ResolvedCache } from './cache.options.js';

interface Entry {
  readonly value: unknown;
  readonly storedAtMs: number;
}

/**
 * Serves a value again until it expires, by default to the same merchant only. The last good value
 * also answers calls that fail, for longer. Errors are never cached. Callers share one object and
 * must not change it.
 */
export class CachePolicy implements Policy {
  readonly kind = 'cache';
  readonly description: string;
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly name: string,
    private readonly options: ResolvedCache,
    private readonly clock: Clock,
  ) {
    const { ttlMs, staleIfErrorMs } = options;
    const stale = staleIfErrorMs === 0 ? '' : `, stale for ${staleIfErrorMs} ms more on errors`;
    this.description = `${ttlMs} ms${stale}`;
  }

  wrap(next: Operation): Operation {
    return (call) => this.run(call, next);
  }

  private async run(call: Call, next: Operation): Promise<unknown> {
    const { ttlMs, staleIfErrorMs } = this.options;
    const key = callKeyOf(`${this.name} @Cache`, this.options, call);
    if (key === undefined) return next(call);
    const known = this.entries.get(key);
    if (known && this.ageMs(known) < ttlMs) {
      this.keep(key, known);
      return known.value;
    }
    try {
      const value = await next(call);
      this.keep(key, { value, storedAtMs: this.clock.monotonic() });
      return value;
    } catch (error) {
      if (!known || call.signal?.aborted) throw error;
      const ageMs = this.ageMs(known);
      if (ageMs >= ttlMs + staleIfErrorMs) throw error;
      staleServed.publish({ policy: this.name, ageMs, error });
      return known.value;
    }
  }

  private ageMs({ storedAtMs }: Entry): number {
    return this.clock.monotonic() - storedAtMs;
  }

  private keep(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size <= this.options.maxEntries) return;
    const [longestUnused] = this.entries.keys();
    this.entries.delete(longestUnused!);
  }
}
