import { SystemClock } from '@loyalnest/core';

/** How many start in the time of one, when they are late. */
const CATCH_UP = 4;

const clock = new SystemClock();

/**
 * Starts `task` `rate` times a second until the signal aborts, however long earlier ones take: a
 * system that slows down does not get less work. What is late is caught up with, but not in one
 * burst. Resolves when all that were started have ended.
 */
export async function openLoop(
  rate: number,
  task: (index: number) => Promise<void>,
  until: AbortSignal,
): Promise<void> {
  const startedAt = clock.monotonic();
  const running: Promise<void>[] = [];
  while (!until.aborted) {
    const due = Math.floor(((clock.monotonic() - startedAt) * rate) / 1_000);
    const latest = Math.min(due, running.length + CATCH_UP);
    while (running.length < latest) running.push(task(running.length));
    await clock.sleep(1_000 / rate);
  }
  await Promise.all(running);
}
