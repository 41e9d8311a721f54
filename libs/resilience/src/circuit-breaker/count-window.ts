import type { CallWindow, WindowCounts } from './call-window.js';

const FAILED = 1;
const SLOW = 2;

/** Counts the last `size` calls, whenever they were made. */
export class CountWindow implements CallWindow {
  private readonly ring: Uint8Array;
  private next = 0;
  private calls = 0;
  private failures = 0;
  private slowCalls = 0;

  constructor(private readonly size: number) {
    this.ring = new Uint8Array(size);
  }

  record(failed: boolean, slow: boolean): void {
    if (this.calls === this.size) {
      const oldest = this.ring[this.next]!;
      if (oldest & FAILED) this.failures--;
      if (oldest & SLOW) this.slowCalls--;
    } else {
      this.calls++;
    }
    this.ring[this.next] = (failed ? FAILED : 0) | (slow ? SLOW : 0);
    this.next = (this.next + 1) % this.size;
    if (failed) this.failures++;
    if (slow) this.slowCalls++;
  }

  get counts(): WindowCounts {
    return { calls: this.calls, failures: this.failures, slowCalls: this.slowCalls };
  }

  clear(): void {
    this.next = 0;
    this.calls = 0;
    this.failures = 0;
    this.slowCalls = 0;
  }
}
