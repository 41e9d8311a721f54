import { currentContext, type Clock, type RequestContext } from '@loyalnest/core';
import { BoundAbortController } from '@loyalnest/core/toolkit';
import { Observable } from 'rxjs';
import { Stream } from '../observable/stream.js';
import { UnsubscribedError } from '../observable/unsubscribed.error.js';
import { Call, type Operation } from '../policy/call.js';
import { refusePastDeadline } from '../policy/past-deadline.js';
import { CANONICAL_ORDER, type Policy, type PolicyKind } from '../policy/policy.js';

export interface PipelineOptions {
  /** `Class.method` */
  readonly name: string;
  /** The dependency that the method calls: the name of its breaker, budget and events. */
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
    this.run = this.inTime(options.invoke);
  }

  /**
   * Refuses calls whose deadline has passed: before they take a slot or count for a limit, and again
   * after each policy that waits.
   */
  private inTime(invoke: Operation): Operation {
    const { name, policies } = this;
    const kinds = policies.map(({ kind }) => kind);
    const isOuter = ({ kind }: Policy): boolean => CANONICAL_ORDER.indexOf(kind) <= DEADLINE;
    const attempt = wrapped(
      policies.filter((policy) => !isOuter(policy)),
      kinds.some((kind) => WAITING.has(kind)) ? refusePastDeadline(name, invoke) : invoke,
    );
    // The deadline policy refuses such calls itself.
    const entry = kinds.includes('deadline') ? attempt : refusePastDeadline(name, attempt);
    return wrapped(policies.filter(isOuter), entry);
  }

  /** What the protected method returns: a promise, or an Observable that calls when subscribed. */
  call(self: unknown, args: readonly unknown[]): Promise<unknown> | Observable<unknown> {
    if (this.observable) return this.observe(self, args);
    return this.run(this.newCall(self, args, currentContext()));
  }

  execute(self: unknown, args: readonly unknown[]): Promise<unknown> {
    return this.run(this.newCall(self, args, currentContext()));
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
      const subscription = new BoundAbortController();
      const call = this.newCall(self, args, currentContext(), subscription.signal);
      call.stream = new Stream(subscriber, this.clock);
      call.altered = true;
      let ended = false;
      // Added now, because a source that emits at once may make the subscriber leave at once.
      subscriber.add(() => {
        if (!ended) subscription.abort(new UnsubscribedError(this.name));
      });
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
    });
  }

  private newCall(
    self: unknown,
    args: readonly unknown[],
    context: RequestContext | undefined,
    subscription?: AbortSignal,
  ): Call {
    if (context === undefined && this.signalIndex === undefined && subscription === undefined) {
      return new Call(self, args, undefined, undefined);
    }
    const given = this.signalIndex === undefined ? undefined : args[this.signalIndex];
    const signal = joined(context?.signal, given, subscription);
    const call = new Call(self, args, signal, context?.deadline);
    call.retriedBy = context?.retriedBy;
    // The context must also show a signal that the caller passed as an argument.
    call.altered = signal !== context?.signal;
    return call;
  }
}

const DEADLINE = CANONICAL_ORDER.indexOf('deadline');
/** Policies after which less time is left than before. */
const WAITING: ReadonlySet<PolicyKind> = new Set([
  'rate-limit',
  'bulkhead',
  'retry',
  'hedge',
  'fault-injection',
]);

function wrapped(policies: readonly Policy[], invoke: Operation): Operation {
  return policies.reduceRight((next, policy) => policy.wrap(next), invoke);
}

/** A signal that aborts as soon as one of the given signals does; undefined if there is none. */
function joined(...signals: readonly unknown[]): AbortSignal | undefined {
  const given = new Set(signals.filter((signal) => signal instanceof AbortSignal));
  if (given.size <= 1) return [...given][0];
  return AbortSignal.any([...given]);
}
