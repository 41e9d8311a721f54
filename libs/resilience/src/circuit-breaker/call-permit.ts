import type { Classification } from '@loyalnest/core/toolkit';
import type { ProbeLease } from './probe-leases.js';

/** Counts the outcomes of permits. */
export interface PermitJudge {
  succeeded(permit: CallPermit, value: unknown): void;
  failed(permit: CallPermit, error: unknown): void;
  ignored(permit: CallPermit): void;
  judged(permit: CallPermit, classification: Classification, result: unknown, slow: boolean): void;
}

/** Permission to make one call. It settles once; later settlements have no effect. */
export class CallPermit {
  private settled = false;

  constructor(
    private readonly judge: PermitJudge,
    /** The period between two state changes in which the permit was issued. */
    readonly generation: number,
    /** The slot of a probe, while half-open. */
    readonly lease: ProbeLease | undefined,
    /** Monotonic time; NaN if slow calls are not counted. */
    readonly startedAtMs: number,
  ) {}

  success(value?: unknown): void {
    if (this.settled) return;
    this.settled = true;
    this.judge.succeeded(this, value);
  }

  failure(error: unknown): void {
    if (this.settled) return;
    this.settled = true;
    this.judge.failed(this, error);
  }

  /**
   * Reports a result that has been classified already.
   *
   * @param slow whether the call was ended after it had been slow
   */
  settle(classification: Classification, result: unknown, slow: boolean): void {
    if (this.settled) return;
    this.settled = true;
    this.judge.judged(this, classification, result, slow);
  }

  /** The result says nothing about the dependency. */
  ignore(): void {
    if (this.settled) return;
    this.settled = true;
    this.judge.ignored(this);
  }
}
