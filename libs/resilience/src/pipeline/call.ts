import type { Deadline } from '@loyalnest/core';
import type { Stream } from '../observable/stream.js';

export interface CallChanges {
  readonly signal?: AbortSignal;
  readonly deadline?: Deadline;
  readonly attempt?: number;
  readonly retriedBy?: string;
}

/** One call of a protected method on its way through the pipeline. */
export class Call {
  /** When the running attempt began, on the monotonic clock; 0 while no policy has asked for it. */
  startedAtMs = 0;
  private readonly origin: Call;
  private abandoned: Set<Promise<unknown>> | undefined;

  constructor(
    /** The instance whose method was called: never captured, always the call's own. */
    readonly self: unknown,
    readonly args: readonly unknown[],
    /** Aborts when the caller gives up, the deadline passes, or this attempt times out. */
    readonly signal: AbortSignal | undefined,
    /** When nobody waits for the answer any more. */
    readonly deadline: Deadline | undefined,
    /** 1 for the first attempt. */
    readonly attempt: number,
    /** The retry that makes these attempts, its own or one further out. */
    readonly retriedBy: string | undefined,
    /** Where the values of an Observable go; undefined for a method that returns a promise. */
    readonly stream: Stream | undefined,
    origin?: Call,
  ) {
    this.origin = origin ?? this;
  }

  /** The same call for a further attempt, or with a narrower signal. */
  with({
    signal = this.signal,
    deadline = this.deadline,
    attempt = this.attempt,
    retriedBy = this.retriedBy,
  }: CallChanges): Call {
    const { self, args, stream, origin } = this;
    return new Call(self, args, signal, deadline, attempt, retriedBy, stream, origin);
  }

  /** The same call made for several callers: with a signal of its own, and nobody's deadline. */
  forAll(signal: AbortSignal): Call {
    const { self, args, attempt, retriedBy, stream, origin } = this;
    return new Call(self, args, signal, undefined, attempt, retriedBy, stream, origin);
  }

  /** Whether the method must see another context than its caller's. */
  get altered(): boolean {
    return this.origin !== this;
  }

  /** Notes work that goes on although its result is no longer waited for. */
  abandon(work: Promise<unknown>): void {
    const abandoned = (this.origin.abandoned ??= new Set());
    abandoned.add(work);
    const ended = (): void => void abandoned.delete(work);
    work.then(ended, ended);
  }

  /** Work of this call, of any attempt, that still runs. */
  get unfinished(): readonly Promise<unknown>[] {
    const { abandoned } = this.origin;
    return abandoned ? [...abandoned] : [];
  }
}

export type Operation = (call: Call) => Promise<unknown>;
