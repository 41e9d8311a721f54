/** Time that an event loop was busy and idle since its start, in milliseconds. */
export interface LoopReading {
  readonly active: number;
  readonly idle: number;
}

interface KeptReading extends LoopReading {
  readonly atMs: number;
}

/** Keeps readings of the last while and tells how busy the loop was over a part of it. */
export class UtilizationWindow {
  private readonly readings: KeptReading[] = [];

  /** @param longestMs longest time that will be asked for */
  constructor(private readonly longestMs: number) {}

  add(atMs: number, { active, idle }: LoopReading): void {
    this.readings.push({ atMs, active, idle });
    // The newest one that is old enough stays: the longest span starts there.
    while (this.readings[1] && this.readings[1].atMs <= atMs - this.longestMs) {
      this.readings.shift();
    }
  }

  /** Share of the last `ms` that the loop was busy, from 0 to 1; undefined before so much is known. */
  over(ms: number): number | undefined {
    const last = this.readings.at(-1);
    if (!last) return undefined;
    const first = this.readings.findLast(({ atMs }) => atMs <= last.atMs - ms);
    if (!first) return undefined;
    const active = last.active - first.active;
    const all = active + last.idle - first.idle;
    return all > 0 ? active / all : 0;
  }
}
