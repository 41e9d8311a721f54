import { from, isObservable } from 'rxjs';
import { askPredicate } from '../classification/ask-predicate.js';
import { hasCallerGivenUp } from '../classification/callers-end.js';
import { drainObservable } from '../observable/drain-observable.js';
import { fellBack } from '../resilience.events.js';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import type { FallbackOptions } from './fallback.options.js';

type Method = (...args: unknown[]) => unknown;

/**
 * The outermost policy: answers for a call that all other policies could not save. The handler runs
 * on the call's own instance. A caller that has aborted gets its own abort, not a fallback.
 */
export class FallbackPolicy implements Policy {
  readonly kind = 'fallback';
  readonly description: string;
  private readonly handlerName: string;

  constructor(
    private readonly name: string,
    private readonly options: FallbackOptions,
  ) {
    const { handler } = options;
    this.handlerName = typeof handler === 'string' ? handler : handler.name || 'function';
    this.description = `${this.handlerName}()`;
  }

  wrap(next: Operation): Operation {
    return (call) => next(call).catch((error: unknown) => this.answer(call, error));
  }

  private async answer(call: Call, error: unknown): Promise<unknown> {
    const { on } = this.options;
    if (hasCallerGivenUp(call) || (on && !askPredicate('fallback.on', on, error))) throw error;
    fellBack.publish({ policy: this.name, handler: this.handlerName, error });
    const answer = this.ask(call, error);
    if (!call.stream) return answer;
    const source = isObservable(answer) ? answer : from(Promise.resolve(answer));
    return drainObservable(source, call.stream, call.signal);
  }

  private ask({ self, args }: Call, error: unknown): unknown {
    const { handler } = this.options;
    if (typeof handler === 'function') return Reflect.apply(handler, self, [error, args]);
    const method = (self as Record<string, Method>)[handler]!;
    return Reflect.apply(method, self, [...padded(args, method), error]);
  }
}

/** Fills in optional arguments that the caller left out, so the error comes after them. */
function padded(args: readonly unknown[], method: Method): unknown[] {
  const missing = Math.max(0, method.length - 1 - args.length);
  return [...args, ...Array<undefined>(missing).fill(undefined)];
}
