import { LuaScript } from '@loyalnest/core/toolkit';

/**
 * `cancelled`: the job will not run. `running`: its handler is running, so nothing changed.
 * `finished`: it has already completed or is a dead letter. `unknown`: the job does not exist.
 */
export type CancelOutcome = 'cancelled' | 'running' | 'finished' | 'unknown';

export const CANCEL_OUTCOMES: readonly CancelOutcome[] = [
  'unknown',
  'finished',
  'running',
  'cancelled',
];

/**
 * Stores a deferred failure (`defa`) with a job. BullMQ then fails the job without a run as soon as
 * a worker takes it, just like a job that stalled too often, and removes the field, so a redrive
 * runs the job. A job that has a lock is running.
 *
 * KEYS: the job, its lock. ARGV: the failure. Returns an index into {@link CANCEL_OUTCOMES}.
 */
export const cancelScript = new LuaScript<number>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HEXISTS', KEYS[1], 'finishedOn') == 1 then return 1 end
if redis.call('EXISTS', KEYS[2]) == 1 then return 2 end
redis.call('HSET', KEYS[1], 'defa', ARGV[1])
return 3
`);
