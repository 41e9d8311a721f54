import { runInChildContext } from '@loyalnest/core';
import type { Context, ContextManager } from '@opentelemetry/api';
import { activeContext } from './active-context.js';
import { BoundContext } from './bound-context.js';

/**
 * Keeps OpenTelemetry's context inside the request context. Spans of its API and spans of the suite
 * can be each other's parents, and there is only one `AsyncLocalStorage`.
 */
export class RequestContextManager implements ContextManager {
  active(): Context {
    return activeContext();
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const span = new BoundContext(context);
    return runInChildContext({ span, traceparent: span.traceparent }, () =>
      fn.apply(thisArg, args),
    );
  }

  /** Binds functions only. Listeners of an emitter run in the context of the emit call. */
  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target;
    const within = (task: () => unknown): unknown => this.with(context, task);
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return within(() => Reflect.apply(target, this, args) as unknown);
    };
    return Object.defineProperty(bound, 'length', { value: target.length }) as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}
