/** The slot of one probe. */
export interface ProbeLease {
  readonly takenAtMs: number;
}

/** Additional slots for probes that ended without any answer. */
const MAX_UNANSWERED = 20;

/**
 * The calls that a half-open circuit lets through. Each holds its slot for a limited time, so a
 * probe that never settles cannot keep the circuit half-open forever. The result of a probe that
 * has lost its slot is ignored.
 */
export class ProbeLeases {
  private readonly running = new Set<ProbeLease>();
  private succeeded = 0;
  private failed = 0;
  /** One more slot for each result that said nothing, so that such calls cannot keep others out. */
  private additional = 0;

  constructor(
    private probes: number,
    private leaseMs: number,
  ) {}

  /** A slot for one more probe, or undefined if all are taken. */
  take(nowMs: number): ProbeLease | undefined {
    for (const lease of this.running) {
      if (nowMs - lease.takenAtMs >= this.leaseMs) this.running.delete(lease);
    }
    if (this.running.size + this.succeeded + this.failed >= this.probes + this.additional) {
      return undefined;
    }
    const lease = { takenAtMs: nowMs };
    this.running.add(lease);
    return lease;
  }

  /**
   * Frees the slot of a probe whose result says nothing about the dependency, and adds one: callers
   * that give up early, or an expired credential, must not keep all others waiting.
   *
   * @param answered whether the dependency answered. Then the number of slots has no limit.
   */
  giveBack(lease: ProbeLease, answered: boolean): void {
    if (!this.running.delete(lease)) return;
    if (answered || this.additional < MAX_UNANSWERED) this.additional++;
  }

  /** Counts a result. Returns the share of failures once all probes have settled. */
  settle(lease: ProbeLease, success: boolean): number | undefined {
    if (!this.running.delete(lease)) return undefined;
    if (success) this.succeeded++;
    else this.failed++;
    const settled = this.succeeded + this.failed;
    return settled < this.probes ? undefined : this.failed / settled;
  }

  update(probes: number, leaseMs: number): void {
    this.probes = probes;
    this.leaseMs = leaseMs;
  }

  reset(): void {
    this.running.clear();
    this.succeeded = 0;
    this.failed = 0;
    this.additional = 0;
  }
}
