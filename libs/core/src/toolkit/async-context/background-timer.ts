import type { CancelTimer, Clock } from '../../clock/clock.js';
import { runOutsideContext } from './outside-context.js';

/**
 * Runs `task` once after `delayMs` milliseconds, in no request's context. The timer does not keep the
 * process alive. For periodic tasks and housekeeping; the timer of a call is `clock.schedule`, which
 * keeps the context of the call.
 */
export function scheduleInBackground(clock: Clock, task: () => void, delayMs: number): CancelTimer {
  return runOutsideContext(() => clock.schedule(task, delayMs, false));
}
