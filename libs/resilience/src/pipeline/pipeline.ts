import { currentContext, type Clock } from '@loyalnest/core';
import { Observable } from 'rxjs';
import { Stream } from '../observable/stream.js';
import { UnsubscribedError } from '../observable/unsubscribed.error.js';
import { Call, type Operation } from './call.js';
import { CANONICAL_ORDER, type Policy } from './policy.js';

export interface PipelineOptions {
  /** `Class.method` */
  readonly name: string;
  /** The dependency that the method calls; breakers, budgets and events bear this name. */
  readonly dependency: string;
  readonly policies: readonly Policy[];
  readonly invoke: Operation;
  readonly clock: Clock;
  readonly returnsObservable?: boolean;
  readonly signalIndex?: number | undefined;
}

/** The policies of one method, compiled once in canonical order. */
export class Pipeline {
  readonly name: string;
  readonly dependency: string;
  readonly policies: readonly Policy[];
  private readonly run: Operation;
  private readonly clock: Clock;
  private readonly observable: boolean;
  private readonly signalIndex: number | undefined;

  constructor(options: PipelineOptions) {
    this.name = options.name;
    this.dependency = options.dependency;
    this.clock = options.clock;
    this.observable = options.returnsObservable ?? false;
    this.signalIndex = options.signalIndex;
    this.policies = [...options.policies].sort(
      (a, b) => CANONICAL_ORDER.indexOf(a.kind) - CANONICAL_ORDER.indexOf(b.kind),
    );
    this.run = this.policies.reduceRight((next, policy) => policy.wrap(next), options.invoke);
  }

  /** What the protected method returns: a promise, or an Observable that acts when subscribed. */
  call(self: unknown, args: readonly unknown[]): Promise<unknown> | Observable<unknown> {
    return this.observable ? this.observe(self, args) : this.execute(self, args);
  }

  execute(self: unknown, args: readonly unknown[]): Promise<unknown> {
    const context = currentContext();
    const signal =
      this.signalIndex === undefined
        ? context?.signal
        : joined(context?.signal, args[this.signalIndex]);
    return this.run(
      new Call(self, args, signal, context?.deadline, 1, context?.retriedBy, undefined),
    );
  }

  /** One line per policy, the outermost first, each with its resolved options. */
  explain(): string {
    const lines = this.policies.map(({ kind, description }) => `${kind}: ${description}`);
    return [this.name, ...lines.map((line, depth) => `${'  '.repeat(depth + 1)}${line}`)].join(
      '\n',
    );
  }

  private observe(self: unknown, args: readonly unknown[]): Observable<unknown> {
    return new Observable((subscriber) => {
      const context = currentContext();
      const left = new AbortController();
      const caller =
        this.signalIndex === undefined
          ? context?.signal
          : joined(context?.signal, args[this.signalIndex]);
      const stream = new Stream(subscriber, this.clock);
      const call = new Call(
        self,
        args,
        context?.signal,
        context?.deadline,
        1,
        context?.retriedBy,
        stream,
      ).with({ signal: joined(caller, left.signal)! });
      let ended = false;
      this.run(call).then(
        () => {
          ended = true;
          subscriber.complete();
        },
        (error: unknown) => {
          ended = true;
          subscriber.error(error);
        },
      );
      return () => {
        if (!ended) left.abort(new UnsubscribedError(this.name));
      };
    });
  }
}

/** A signal that aborts with the first of the two. */
function joined(one: AbortSignal | undefined, other: unknown): AbortSignal | undefined {
  if (!(other instanceof AbortSignal)) return one;
  return one && one !== other ? AbortSignal.any([one, other]) : other;
}
