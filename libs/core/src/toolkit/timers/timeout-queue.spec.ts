import { FakeClock } from '../../testing/fake-clock.js';
import type { Timer } from '../../clock/clock.js';
import { TimeoutQueue, type Expiring } from './timeout-queue.js';

/** Runs `afterTimer` in the same turn of the loop as a timer. */
class BusyClock extends FakeClock {
  afterTimer = (): void => {};

  override startTimer(task: () => void, delayMs: number): Timer {
    return super.startTimer(() => {
      task();
      this.afterTimer();
    }, delayMs);
  }
}

class Item implements Expiring<Item> {
  previous: Item | undefined;
  next: Item | undefined;

  constructor(
    readonly name: string,
    public dueAtMs: number,
  ) {}
}

let clock: BusyClock;
let expired: string[];
let queue: TimeoutQueue<Item>;

beforeEach(() => {
  clock = new BusyClock();
  expired = [];
  queue = new TimeoutQueue<Item>(clock, (item) => {
    queue.remove(item);
    expired.push(`${item.name} at ${clock.monotonic()}`);
  });
});

const add = (name: string, dueAtMs: number): Item => {
  const item = new Item(name, dueAtMs);
  queue.add(item);
  return item;
};

it('expires each item at its time, with one timer for all', async () => {
  add('a', 10);
  add('b', 20);
  add('c', 20);
  expect(clock.pendingTimers).toBe(1);
  await clock.advance(19);
  expect(expired).toEqual(['a at 10']);
  await clock.advance(1);
  expect(expired).toEqual(['a at 10', 'b at 20', 'c at 20']);
  expect(clock.pendingTimers).toBe(0);
});

it.each([
  ['earlier than all others', [30, 20, 10]],
  ['between others', [10, 30, 20]],
  ['in any order', [30, 10, 40, 20, 10]],
])('expires an item that is due %s at its time', async (_where, times) => {
  times.forEach((dueAtMs, i) => add(String(i), dueAtMs));
  expect(clock.pendingTimers).toBe(1);
  await clock.advance(40);
  const due = times.toSorted((a, b) => a - b).map((at) => `at ${at}`);
  expect(expired.map((line) => line.slice(2))).toEqual(due);
});

it.each([0, 1, 2])('does not expire a removed item at place %d', async (place) => {
  const items = [add('a', 10), add('b', 20), add('c', 30)];
  queue.remove(items[place]!);
  queue.remove(items[place]!);
  await clock.advance(30);
  expect(expired).toEqual(['a at 10', 'b at 20', 'c at 30'].filter((_line, i) => i !== place));
});

it('has no pending timer when all items are removed, and one again for the next item', async () => {
  queue.remove(add('a', 10));
  expect(clock.pendingTimers).toBe(0);
  add('b', 20);
  expect(clock.pendingTimers).toBe(1);
  await clock.advance(20);
  expect(expired).toEqual(['b at 20']);
});

it('does not expire an item that is removed in the same turn of the loop', async () => {
  const item = add('a', 10);
  clock.afterTimer = () => queue.remove(item);
  await clock.advance(10);
  expect(expired).toEqual([]);
});

it('expires an item that is added during the last turn at its own time', async () => {
  const item = add('a', 10);
  clock.afterTimer = () => {
    clock.afterTimer = () => {};
    queue.remove(item);
    add('b', 15);
  };
  await clock.advance(14);
  expect(expired).toEqual([]);
  await clock.advance(1);
  expect(expired).toEqual(['b at 15']);
});
