import type { Clock } from '@loyalnest/core';
import { callRejected } from '../resilience.events.js';
import type { Call, Operation } from '../policy/call.js';
import { NoCallKeyError } from '../policy/no-call-key.error.js';
import { ownKey } from '../policy/own-key.js';
import type { Policy } from '../policy/policy.js';
import type { ResolvedRateLimit } from './rate-limit.options.js';
import { RateLimitedError } from './rate-limited.error.js';
import type { RateLimiter, Turn } from './rate-limiter.js';

/** Lets a call through when its turn has come, or rejects it. All its attempts count as one call. */
export class RateLimitPolicy implements Policy {
  readonly kind = 'rate-limit';
  readonly description: string;

  constructor(
    private readonly name: string,
    private readonly limiter: RateLimiter,
    private readonly options: ResolvedRateLimit,
    private readonly clock: Clock,
  ) {
    const { limit, perMs, burst } = options.rate;
    this.description = `${limiter.name}, ${limit} in ${perMs} ms, burst ${burst}`;
  }

  wrap(next: Operation): Operation {
    return (call) => {
      try {
        const turn = this.take(call);
        return turn.delayMs === 0 ? next(call) : this.wait(call, next, turn);
      } catch (error) {
        return Promise.reject(error as Error);
      }
    };
  }

  private take({ self, args, deadline }: Call): Turn {
    const { key, maxWaitMs } = this.options;
    const limitMs = Math.min(maxWaitMs, deadline?.remainingMs ?? Infinity);
    const own = key ? ownKey(key, self, args) : '';
    // Without a limit of its own, the call would be unlimited or use up the limit of others.
    if (own === undefined) throw new NoCallKeyError(`${this.name} @RateLimit`, 'absent');
    const turn = this.limiter.take(own, limitMs);
    if (typeof turn !== 'number') return turn;
    const retryAfterMs = Math.ceil(turn);
    callRejected.publish({ policy: this.name, by: 'rate-limit', retryAfterMs });
    throw new RateLimitedError(this.name, retryAfterMs);
  }

  private async wait(call: Call, next: Operation, turn: Turn): Promise<unknown> {
    try {
      await this.clock.sleep(turn.delayMs, { signal: call.signal });
    } catch (error) {
      turn.cancel();
      throw error;
    }
    return next(call);
  }
}
