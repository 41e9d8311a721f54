import type { Clock, Timer } from '../../clock/clock.js';

/** What waits in a {@link TimeoutQueue}: its time, set by who adds it, and links of the queue. */
export interface Expiring<Self> {
  /** On the monotonic clock. */
  dueAtMs: number;
  previous: Self | undefined;
  next: Self | undefined;
}

/**
 * Many waiting things with one timer, that of the first to expire. Made for those that expire in
 * nearly the order in which they are added; another order costs a step for each that is overtaken.
 * When nothing waits, the timer no longer keeps the process alive and is not renewed.
 *
 * After a blocked event loop timers run before the answers that already lie in the sockets. One turn
 * of the loop lets such an answer win.
 */
export class TimeoutQueue<Item extends Expiring<Item>> {
  private first: Item | undefined;
  private last: Item | undefined;
  private timer: Timer | undefined;
  /** When the timer is due. */
  private armedForMs = Infinity;
  private inGrace = false;

  /** @param expire must remove the item */
  constructor(
    private readonly clock: Clock,
    private readonly expire: (item: Item) => void,
  ) {}

  add(item: Item): void {
    let before = this.last;
    while (before !== undefined && before.dueAtMs > item.dueAtMs) before = before.previous;
    const after = before === undefined ? this.first : before.next;
    item.previous = before;
    item.next = after;
    if (after === undefined) this.last = item;
    else after.previous = item;
    if (before === undefined) this.becomeFirst(item);
    else before.next = item;
  }

  /** Without effect on an item that does not wait. */
  remove(item: Item): void {
    const { previous, next } = item;
    if (previous === undefined && this.first !== item) return;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    item.previous = undefined;
    item.next = undefined;
    if (this.first === undefined) this.timer?.keepAlive(false);
  }

  private becomeFirst(item: Item): void {
    const wasEmpty = this.first === undefined;
    this.first = item;
    if (this.inGrace) return;
    if (item.dueAtMs < this.armedForMs) this.arm(item.dueAtMs);
    else if (wasEmpty) this.timer?.keepAlive(true);
  }

  private arm(dueAtMs: number): void {
    this.timer?.cancel();
    this.armedForMs = dueAtMs;
    // A timer may run a fraction of a millisecond early.
    const delayMs = Math.max(1, Math.ceil(dueAtMs - this.clock.monotonic()));
    this.timer = this.clock.startTimer(() => {
      this.timer = undefined;
      this.armedForMs = Infinity;
      if (this.first === undefined) return;
      this.inGrace = true;
      setImmediate(() => this.expireDue());
    }, delayMs);
  }

  private expireDue(): void {
    this.inGrace = false;
    const nowMs = this.clock.monotonic();
    while (this.first !== undefined && this.first.dueAtMs <= nowMs) this.expire(this.first);
    if (this.first !== undefined && this.timer === undefined) this.arm(this.first.dueAtMs);
  }
}
