import { DeadLetterKeys } from '../dead-letter/dead-letter-keys.js';
import type { DeadLetterReason } from '../dead-letter/dead-letter.js';
import type { DeadLetters } from '../dead-letter/dead-letters.js';
import type { RedriveEngine } from '../redrive-tasks/redrive-engine.js';
import type { RedriveTask } from '../redrive-tasks/redrive-task.js';
import { JOB_STATES } from './job-states.js';
import { oldestWaiting } from './oldest-waiting.js';

/** Number of jobs in each state. */
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

/** The current state of a queue, for operators. */
export interface QueueOverview {
  readonly queue: string;
  readonly paused: boolean;
  /** Connected workers of all processes; null if this Redis does not list its clients. */
  readonly workers: number | null;
  readonly counts: JobCounts;
  /** When the oldest waiting job could first have run: ISO 8601. Missing if no job waits. */
  readonly oldestWaitingSince?: string;
  readonly oldestWaitingMs?: number;
  readonly deadLetters: readonly DeadLettersOfReason[];
  /** Number of schedules. */
  readonly schedules: number;
  /** The active redrive task. */
  readonly redrive?: RedriveTask;
}

export interface DeadLettersOfReason {
  readonly reason: DeadLetterReason;
  readonly count: number;
  /** When the oldest of them died: ISO 8601. */
  readonly oldestAt: string;
  readonly oldestMs: number;
}

/** BullMQ's answer if Redis has no CLIENT LIST. */
const NO_CLIENT_LIST = /does not support/;

/** Reads the current state of a queue. Ages use this machine's clock. */
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
