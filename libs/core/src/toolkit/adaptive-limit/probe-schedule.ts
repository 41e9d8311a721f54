/** Windows of half a second with refusals before a probe. */
const FIRST_WAIT = 20;
const LONGEST_WAIT = 640;
const MAX_PROBE_MS = 10_000;

/**
 * Decides when to measure latency with half of the limit: after 10 s of refusals, and after a longer time
 * each time that a probe has found nothing.
 */
export class ProbeSchedule {
  private wait = FIRST_WAIT;
  private refusing = 0;
  isProbing = false;
  startedAt = 0;

  noteWindow(isRefusing: boolean, now: number): void {
    if (!isRefusing) {
      this.refusing = 0;
      this.wait = FIRST_WAIT;
      return;
    }
    if (++this.refusing < this.wait) return;
    this.isProbing = true;
    this.startedAt = now;
  }

  isOverdue(now: number): boolean {
    return now - this.startedAt > MAX_PROBE_MS;
  }

  end(foundLower: boolean): void {
    this.isProbing = false;
    this.refusing = 0;
    this.wait = foundLower ? FIRST_WAIT : Math.min(this.wait * 2, LONGEST_WAIT);
  }
}
