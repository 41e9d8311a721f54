import { loopUtilization, type LoopTimes } from '@loyalnest/core/toolkit';

interface KeptReading extends LoopTimes {
  readonly atMs: number;
}

/** Keeps readings of the recent past and says how busy the loop was over a part of it. */
export class UtilizationWindow {
  private readonly readings: KeptReading[] = [];

  /** @param longestMs the longest span that `over` is asked for */
  constructor(private readonly longestMs: number) {}

  add(atMs: number, { active, idle }: LoopTimes): void {
    this.readings.push({ atMs, active, idle });
    // The newest one that is old enough stays: the longest span starts there.
    while (this.readings[1] && this.readings[1].atMs <= atMs - this.longestMs) {
      this.readings.shift();
    }
  }

  /** Share of the last `ms` in which the loop was busy, from 0 to 1; undefined until `ms` have passed. */
  over(ms: number): number | undefined {
    const last = this.readings.at(-1);
    if (!last) return undefined;
    const first = this.readings.findLast(({ atMs }) => atMs <= last.atMs - ms);
    return first && loopUtilization(first, last);
  }
}
