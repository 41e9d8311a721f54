import type { Clock } from '@loyalnest/core';
import { fieldOf, type Classification } from '@loyalnest/core/toolkit';
import {
  classifyAbortReason,
  classifyCallError,
  isCallersDeadline,
} from '../classification/callers-end.js';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import type { CallPermit } from './call-permit.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { CircuitBreakers } from './circuit-breakers.js';

export interface BreakerSurroundings {
  readonly clock: Clock;
  /** A call that was ended early after this time was slow, unless the breaker has a `slowCall`. */
  readonly slowAfterMs: number;
  /** Whether an inner policy ends the call when its signal aborts. */
  readonly endsOnAbort: boolean;
}

/** Asks the breaker for permission before each attempt and reports the outcome to it. */
export class CircuitBreakerPolicy implements Policy {
  readonly kind = 'circuit-breaker';
  readonly description: string;

  constructor(
    private readonly breakers: CircuitBreakers,
    options: ResolvedCircuitBreaker,
    private readonly surroundings: BreakerSurroundings,
  ) {
    const { failureRatio, minimumCalls, openForMs, slowCallMs, slowCallRatio } = options;
    const slow =
      slowCallMs === Infinity
        ? ''
        : ` or ${slowCallRatio * 100} % slow calls (${slowCallMs} ms or more)`;
    this.description =
      `${breakers.name}, opens for ${openForMs} ms at ${failureRatio * 100} % failures${slow} ` +
      `of at least ${minimumCalls} calls`;
  }

  wrap(next: Operation): Operation {
    const { breakers } = this;
    const single = breakers.find();
    if (single === undefined) return (call) => this.attemptWithKey(call, next);
    return (call) => {
      const generation = single.closedGeneration;
      // The fast path needs no permit: a call that nothing ends early, admitted by a closed circuit.
      if (generation === 0 || mayEndEarly(call)) return this.attempt(single, call, next);
      return next(call).then(
        (value) => {
          single.passed(generation, value);
          return value;
        },
        (error: unknown) => {
          this.settleError(single, single.permitOf(generation), call, error, NaN);
          throw error;
        },
      );
    };
  }

  private attemptWithKey(call: Call, next: Operation): Promise<unknown> {
    try {
      const breaker = this.breakers.of(call.self, call.args);
      return breaker ? this.attempt(breaker, call, next) : next(call);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  private attempt(breaker: CircuitBreaker, call: Call, next: Operation): Promise<unknown> {
    let permit: CallPermit;
    try {
      permit = breaker.admit();
    } catch (error) {
      return Promise.reject(error as Error);
    }
    const startedAtMs = this.startOf(call);
    const unwatch = this.mustWatch(call)
      ? this.watch(breaker, permit, call, startedAtMs)
      : undefined;
    return next(call).then(
      (value) => {
        unwatch?.();
        permit.settle(breaker.classify(value, false, isCallersDeadline(call)), value, false);
        return value;
      },
      (error: unknown) => {
        unwatch?.();
        this.settleError(breaker, permit, call, error, startedAtMs);
        throw error;
      },
    );
  }

  /** A method may ignore its signal and hang. What ends the call is then known only from the signal. */
  private mustWatch({ signal }: Call): boolean {
    return signal !== undefined && !this.surroundings.endsOnAbort;
  }

  private watch(
    breaker: CircuitBreaker,
    permit: CallPermit,
    call: Call,
    startedAtMs: number,
  ): () => void {
    const signal = call.signal!;
    const onAbort = (): void => {
      const classification = classifyAbortReason(signal.reason);
      this.settle(breaker, permit, call, classification, signal.reason, startedAtMs);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return () => signal.removeEventListener('abort', onAbort);
  }

  private settleError(
    breaker: CircuitBreaker,
    permit: CallPermit,
    call: Call,
    error: unknown,
    startedAtMs: number,
  ): void {
    const classification = classifyCallError(call, error, breaker.classify);
    this.settle(breaker, permit, call, classification, error, startedAtMs);
  }

  private settle(
    breaker: CircuitBreaker,
    permit: CallPermit,
    call: Call,
    classification: Classification,
    error: unknown,
    startedAtMs: number,
  ): void {
    const slow =
      classification.cut === true &&
      // An Observable that is left after a value has answered.
      call.stream?.lastValueAtMs === undefined &&
      this.elapsedMs(startedAtMs, error) >= (breaker.slowCallMs ?? this.surroundings.slowAfterMs);
    permit.settle(classification, error, slow);
  }

  /** Reads the clock only for a call that something outside of the pipeline may end early. */
  private startOf(call: Call): number {
    if (call.startedAtMs > 0) return call.startedAtMs;
    return mayEndEarly(call) ? this.surroundings.clock.monotonic() : NaN;
  }

  private elapsedMs(startedAtMs: number, error: unknown): number {
    if (startedAtMs >= 0) return this.surroundings.clock.monotonic() - startedAtMs;
    const limitMs = fieldOf(error, 'timeoutMs');
    return typeof limitMs === 'number' ? limitMs : 0;
  }
}

function mayEndEarly(call: Call): boolean {
  return call.deadline !== undefined || call.signal !== undefined;
}
