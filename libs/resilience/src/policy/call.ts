import { newCorrelationId, type Deadline, type RequestContext } from '@loyalnest/core';
import type { ContextSource } from '@loyalnest/core/toolkit';
import type { Stream } from '../observable/stream.js';

/** Has the signal of a run. */
export interface AbortSource {
  readonly signal: AbortSignal;
}

/**
 * One call of a protected method on its way through the pipeline. Every call creates one, so fields
 * that rarely change are written only when they do; their initial values are on the prototype.
 */
export class Call implements ContextSource {
  /** 1 for the first attempt. */
  declare attempt: number;
  /** The retry that makes these attempts: its own or an outer one. */
  declare retriedBy: string | undefined;
  /** When the running attempt began, on the monotonic clock; 0 until a policy sets it. */
  declare startedAtMs: number;
  /** Receives the values of an Observable; undefined for a method that returns a promise. */
  declare stream: Stream | undefined;
  /** Whether the method needs another context than its caller's. */
  declare altered: boolean;
  /** Aborts this run alone, unlike the caller's signal; its signal is created on first use. */
  declare private controller: AbortSource | undefined;
  declare private origin: Call | undefined;
  declare private abandoned: Set<Promise<unknown>> | undefined;

  static {
    Object.assign(this.prototype, {
      attempt: 1,
      retriedBy: undefined,
      startedAtMs: 0,
      stream: undefined,
      altered: false,
      controller: undefined,
      origin: undefined,
      abandoned: undefined,
    });
  }

  /** The instance that the method was called on. */
  declare readonly self: unknown;
  declare readonly args: readonly unknown[];
  declare private readonly callersSignal: AbortSignal | undefined;
  /** When the caller stops waiting for the answer. */
  declare readonly deadline: Deadline | undefined;

  constructor(
    self: unknown,
    args: readonly unknown[],
    callersSignal: AbortSignal | undefined,
    deadline: Deadline | undefined,
  ) {
    this.self = self;
    this.args = args;
    this.callersSignal = callersSignal;
    this.deadline = deadline;
  }

  /** Aborts when the caller gives up, the deadline passes, or this attempt times out. */
  get signal(): AbortSignal | undefined {
    return this.controller === undefined ? this.callersSignal : this.controller.signal;
  }

  /** The same call with a signal that `controller` aborts. */
  under(controller: AbortSource, deadline = this.deadline): Call {
    const call = new Call(this.self, this.args, undefined, deadline);
    call.attempt = this.attempt;
    call.retriedBy = this.retriedBy;
    call.startedAtMs = this.startedAtMs;
    call.stream = this.stream;
    call.altered = true;
    call.controller = controller;
    call.origin = this.origin ?? this;
    return call;
  }

  /** The same call on behalf of several callers: with its own signal and no deadline. */
  forAll(controller: AbortSource): Call {
    const call = new Call(this.self, this.args, undefined, undefined);
    call.attempt = this.attempt;
    call.retriedBy = this.retriedBy;
    call.altered = true;
    call.controller = controller;
    return call;
  }

  /** The context that the method runs in. */
  contextFrom(parent: RequestContext | undefined): RequestContext {
    const { signal, deadline, attempt, retriedBy } = this;
    const correlationId = parent?.correlationId ?? newCorrelationId();
    return { ...parent, correlationId, signal, deadline, attempt, retriedBy };
  }

  /** Records work that still runs although nobody waits for its result. */
  abandon(work: Promise<unknown>): void {
    const abandoned = ((this.origin ?? this).abandoned ??= new Set());
    abandoned.add(work);
    const ended = (): void => void abandoned.delete(work);
    work.then(ended, ended);
  }

  /** Abandoned work of any attempt of this call that still runs. */
  get unfinished(): ReadonlySet<Promise<unknown>> {
    return (this.origin ?? this).abandoned ?? NONE;
  }
}

const NONE: ReadonlySet<Promise<unknown>> = new Set();

export type Operation = (call: Call) => Promise<unknown>;
