import { AsyncResource } from 'node:async_hooks';
import type { Clock, Timer } from '../../clock/clock.js';
import { runOutsideContext } from '../async-context/outside-context.js';

/** An item of a {@link TimeoutQueue}. The caller sets `dueAtMs`; the queue sets the links. */
export interface Expiring<Self> {
  /** When the item expires, on the monotonic clock. */
  dueAtMs: number;
  previous: Self | undefined;
  next: Self | undefined;
  /**
   * The async context in which it expires. Null for an item that binds its callbacks itself.
   *
   * @defaultValue that in which it is added
   */
  context?: AsyncResource | null | undefined;
}

/**
 * Expires many items with one timer, which is set to the first of them. It is made for items that expire
 * in nearly the order in which they are added; an item that must overtake others costs one step for each.
 * While the queue is empty, the timer does not keep the process alive and is not renewed.
 *
 * The timer belongs to no call. Each item expires in its own async context, not in that of the item
 * for which the timer was set.
 *
 * After a blocked event loop, timers run before answers that have already arrived in the sockets. The
 * queue waits one turn of the loop, so that such an answer wins.
 */
export class TimeoutQueue<Item extends Expiring<Item>> {
  private first: Item | undefined;
  private last: Item | undefined;
  private timer: Timer | undefined;
  /** The time for which the timer is set. */
  private armedForMs = Infinity;
  private inGrace = false;

  /** @param expire called with each due item; must remove it */
  constructor(
    private readonly clock: Clock,
    private readonly expire: (item: Item) => void,
  ) {}

  /** Adds an item that is not in the queue. */
  add(item: Item): void {
    if (item.context === undefined) item.context = new AsyncResource('LoyalNestExpiring');
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

  /** Removes an item. Has no effect on an item that is not in the queue. */
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
    this.timer = runOutsideContext(() => this.clock.startTimer(() => this.onTimer(), delayMs));
  }

  private onTimer(): void {
    this.timer = undefined;
    this.armedForMs = Infinity;
    if (this.first === undefined) return;
    this.inGrace = true;
    setImmediate(() => this.expireDue());
  }

  private expireDue(): void {
    this.inGrace = false;
    const nowMs = this.clock.monotonic();
    while (this.first !== undefined && this.first.dueAtMs <= nowMs) {
      const item = this.first;
      if (item.context) item.context.runInAsyncScope(this.expire, undefined, item);
      else this.expire(item);
    }
    if (this.first !== undefined && this.timer === undefined) this.arm(this.first.dueAtMs);
  }
}
