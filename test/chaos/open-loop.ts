import { SystemClock } from '@loyalnest/core';

/** Max number of late tasks to start per tick. */
const CATCH_UP = 4;

const clock = new SystemClock();

/**
 * Starts `task` `rate` times per second until the signal aborts, no matter how long earlier tasks
 * take: a slow system does not get less work. It catches up with late tasks, but not in one burst.
 * Resolves when all started tasks have ended.
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
