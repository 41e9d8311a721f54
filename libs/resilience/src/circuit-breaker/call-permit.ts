import type { ProbeLease } from './probe-leases.js';

/** Who counts what a permit was used for. */
export interface PermitJudge {
  succeeded(permit: CallPermit, value: unknown): void;
  failed(permit: CallPermit, error: unknown): void;
  ignored(permit: CallPermit): void;
}

/** Permission to make one call. It settles once; a later settlement has no effect. */
export class CallPermit {
  private settled = false;

  constructor(
    private readonly judge: PermitJudge,
    /** The period between two changes of state in which it was given. */
    readonly generation: number,
    /** The place of a probe, while half-open. */
    readonly lease: ProbeLease | undefined,
    /** Monotonic time; 0 where slow calls are not counted. */
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

  /** The result says nothing about the dependency. */
  ignore(): void {
    if (this.settled) return;
    this.settled = true;
    this.judge.ignored(this);
  }
}
