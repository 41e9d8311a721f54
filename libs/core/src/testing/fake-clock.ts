import { Clock, type CancelTimer } from '../clock/clock.js';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/**
 * A clock that moves only when told to. `advance` runs every timer that falls due, in order, and
 * lets pending promises settle between them, so that code that waits again is seen too.
 */
export class FakeClock extends Clock {
  private elapsed = 0;
  private scheduled = 0;
  private readonly timers = new Set<Timer>();

  constructor(private readonly startedAt = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): number {
    return this.startedAt + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  schedule(task: () => void, delayMs: number): CancelTimer {
    const timer: Timer = { at: this.elapsed + delayMs, order: this.scheduled++, task };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Timers that are waiting: a test can assert that none is left behind. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  /** Moves time forward by `ms` milliseconds. */
  async advance(ms: number): Promise<void> {
    const target = this.elapsed + ms;
    await settle();
    for (let due = this.nextDue(target); due; due = this.nextDue(target)) {
      this.timers.delete(due);
      this.elapsed = due.at;
      due.task();
      await settle();
    }
    this.elapsed = target;
  }

  private nextDue(target: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.at > target) continue;
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

/** Lets promise chains of any length settle: each turn of the loop empties the microtask queue. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((done) => setImmediate(done));
}
