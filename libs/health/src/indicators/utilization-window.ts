import { loopUtilization, type LoopTimes } from '@loyalnest/core/toolkit';

interface KeptReading extends LoopTimes {
  readonly atMs: number;
}

/** Keeps recent readings and computes how busy the loop was over a span of time. */
export class UtilizationWindow {
  private readonly readings: KeptReading[] = [];

  /** @param longestMs longest span that `over` will be asked for */
  constructor(private readonly longestMs: number) {}

  add(atMs: number, { active, idle }: LoopTimes): void {
    this.readings.push({ atMs, active, idle });
    // Keep the newest reading that is old enough: the longest span starts there.
    while (this.readings[1] && this.readings[1].atMs <= atMs - this.longestMs) {
      this.readings.shift();
    }
  }

  /** Busy share of the last `ms`, from 0 to 1; undefined until the readings cover that span. */
  over(ms: number): number | undefined {
    const last = this.readings.at(-1);
    if (!last) return undefined;
    const first = this.readings.findLast(({ atMs }) => atMs <= last.atMs - ms);
    return first && loopUtilization(first, last);
  }
}
