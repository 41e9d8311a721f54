/** The place of one probe. */
export interface ProbeLease {
  readonly takenAtMs: number;
}

/**
 * The calls that a half-open circuit lets through. Each holds its place for a lease, so that a
 * probe that never settles cannot keep the circuit half-open for ever. A result that comes after
 * its lease has ended counts for nothing.
 */
export class ProbeLeases {
  private readonly running = new Set<ProbeLease>();
  private succeeded = 0;
  private failed = 0;

  constructor(
    private probes: number,
    private leaseMs: number,
  ) {}

  /** A place for one more probe, or undefined if all are taken. */
  take(nowMs: number): ProbeLease | undefined {
    for (const lease of this.running) {
      if (nowMs - lease.takenAtMs >= this.leaseMs) this.running.delete(lease);
    }
    if (this.running.size + this.succeeded + this.failed >= this.probes) return undefined;
    const lease = { takenAtMs: nowMs };
    this.running.add(lease);
    return lease;
  }

  /** A probe whose result says nothing frees its place for another. */
  giveBack(lease: ProbeLease): void {
    this.running.delete(lease);
  }

  /** Counts a result; returns the share of failures once all probes have settled. */
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
  }
}
