import { DeadLetterKeys } from '../dead-letter/dead-letter-keys.js';
import type { DeadLetterReason } from '../dead-letter/dead-letter.js';
import type { DeadLetters } from '../dead-letter/dead-letters.js';
import type { RedriveEngine } from '../redrive-tasks/redrive-engine.js';
import type { RedriveTask } from '../redrive-tasks/redrive-task.js';
import { JOB_STATES } from './job-states.js';
import { oldestWaiting } from './oldest-waiting.js';

/** Jobs by where they are. */
export interface JobCounts {
  readonly waiting: number;
  readonly prioritized: number;
  readonly active: number;
  readonly delayed: number;
  readonly waitingChildren: number;
  readonly completed: number;
  readonly deadLetters: number;
  readonly discarded: number;
}

/** What an operator asks of a queue first. */
export interface QueueOverview {
  readonly queue: string;
  readonly paused: boolean;
  /** Connected workers of all processes; null where Redis does not tell who is connected. */
  readonly workers: number | null;
  readonly counts: JobCounts;
  /** Since when the oldest waiting job could run: ISO 8601. Missing if none waits. */
  readonly oldestWaitingSince?: string;
  readonly oldestWaitingMs?: number;
  readonly deadLetters: readonly DeadLettersOfReason[];
  /** Jobs that are made by a schedule. */
  readonly schedules: number;
  /** The redrive task that is under way. */
  readonly redrive?: RedriveTask;
}

export interface DeadLettersOfReason {
  readonly reason: DeadLetterReason;
  readonly count: number;
  /** When the oldest of them died: ISO 8601. */
  readonly oldestAt: string;
  readonly oldestMs: number;
}

/** Answer of BullMQ where Redis has no CLIENT LIST. */
const NO_CLIENT_LIST = /does not support/;

/** Reads a queue as it is now; the ages are by this machine's clock. */
export async function readQueueOverview(
  letters: DeadLetters,
  redrives: Pick<RedriveEngine, 'active'>,
): Promise<QueueOverview> {
  const { bull, redis, clock } = letters.source;
  const [counts, discarded, paused, workers, schedules, reasons, oldest, redrive] =
    await Promise.all([
      bull.getJobCounts(...JOB_STATES),
      redis.zcard(new DeadLetterKeys(bull).discarded),
      bull.isPaused(),
      bull.getWorkers(),
      bull.getJobSchedulersCount(),
      letters.reasons(),
      oldestWaiting(letters.source),
      redrives.active(),
    ]);
  const now = clock.now();
  return {
    queue: bull.name,
    paused,
    workers: NO_CLIENT_LIST.test(workers[0]?.['name'] ?? '') ? null : workers.length,
    counts: {
      waiting: counts['waiting'] ?? 0,
      prioritized: counts['prioritized'] ?? 0,
      active: counts['active'] ?? 0,
      delayed: counts['delayed'] ?? 0,
      waitingChildren: counts['waiting-children'] ?? 0,
      completed: counts['completed'] ?? 0,
      deadLetters: counts['failed'] ?? 0,
      discarded,
    },
    ...(oldest !== undefined && {
      oldestWaitingSince: new Date(oldest).toISOString(),
      oldestWaitingMs: Math.max(0, now - oldest),
    }),
    deadLetters: reasons.map(({ reason, count, oldestAt }) => ({
      reason,
      count,
      oldestAt,
      oldestMs: Math.max(0, now - Date.parse(oldestAt)),
    })),
    schedules,
    ...(redrive && { redrive }),
  };
}
