import { fellBack } from '../resilience.events.js';
import type { Call, Operation, Policy } from '../pipeline/policy.js';
import type { FallbackHandler } from './fallback.options.js';

type Handler = (...args: unknown[]) => Promise<unknown>;

/**
 * Outermost: answers in place of a call that failed in the end. The handler runs on the call's own
 * instance. A caller that went away gets its own abort, not a fallback.
 */
export class FallbackPolicy implements Policy {
  readonly kind = 'fallback';
  readonly description: string;

  constructor(
    private readonly name: string,
    private readonly handler: FallbackHandler,
  ) {
    this.description = `${handler}()`;
  }

  wrap(next: Operation): Operation {
    return (call) => this.run(call, next);
  }

  private async run(call: Call, next: Operation): Promise<unknown> {
    try {
      return await next(call);
    } catch (error) {
      if (call.signal?.aborted) throw error;
      fellBack.publish({ policy: this.name, handler: this.handler, error });
      const handler = (call.self as Record<string, Handler>)[this.handler]!;
      return await Reflect.apply(handler, call.self, [...padded(call.args, handler), error]);
    }
  }
}

/** Optional arguments that the caller left out still have their place before the error. */
function padded(args: readonly unknown[], handler: Handler): unknown[] {
  const missing = Math.max(0, handler.length - 1 - args.length);
  return [...args, ...Array<undefined>(missing).fill(undefined)];
}
