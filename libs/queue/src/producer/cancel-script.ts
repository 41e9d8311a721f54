import { LuaScript } from '@loyalnest/core/toolkit';

/**
 * `cancelled`: it will not run. `running`: it was not touched, as its handler is at work.
 * `finished`: it is completed or a dead letter already. `unknown`: there is no such job.
 */
export type CancelOutcome = 'cancelled' | 'running' | 'finished' | 'unknown';

export const CANCEL_OUTCOMES: readonly CancelOutcome[] = [
  'unknown',
  'finished',
  'running',
  'cancelled',
];

/**
 * Marks a job with the failure by which BullMQ ends it when it is taken the next time, without a
 * run: the field by which it ends stalled jobs too, and which it removes when the job has failed, so
 * that a redrive runs it. A job that runs has a lock.
 *
 * KEYS: the job, its lock. ARGV: the failure. The index of a {@link CancelOutcome}.
 */
export const cancelScript = new LuaScript<number>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HEXISTS', KEYS[1], 'finishedOn') == 1 then return 1 end
if redis.call('EXISTS', KEYS[2]) == 1 then return 2 end
redis.call('HSET', KEYS[1], 'defa', ARGV[1])
return 3
`);
