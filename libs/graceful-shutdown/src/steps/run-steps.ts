import type { Clock, DrainStep } from '@loyalnest/core';
import { DrainTimeoutError } from './drain-timeout.error.js';

export interface StepsOutcome {
  /** Steps that had not ended when the time was up. */
  readonly stuck: readonly DrainStep[];
  readonly failures: readonly { readonly step: DrainStep; readonly error: unknown }[];
}

/** How long before the end of a phase its signals abort: 1 s, but at most half of the phase. */
export function noticeMs(capMs: number): number {
  return Math.min(1_000, capMs / 2);
}

/**
 * Starts all steps in the same tick and waits for them, at most `capMs`. Their signals abort shortly
 * before that, which leaves time to hand work back. Never rejects.
 */
export async function runSteps(
  steps: readonly DrainStep[],
  capMs: number,
  clock: Clock,
): Promise<StepsOutcome> {
  const stuck = new Set(steps);
  const failures: { step: DrainStep; error: unknown }[] = [];
  const notice = new AbortController();
  const run = async (step: DrainStep): Promise<void> => {
    try {
      await step.run(notice.signal);
    } catch (error) {
      failures.push({ step, error });
    }
    stuck.delete(step);
  };
  const names = steps.map((step) => step.name).join(', ');
  const cancelNotice = clock.schedule(
    () => notice.abort(new DrainTimeoutError(names)),
    capMs - noticeMs(capMs),
  );
  await new Promise<void>((resolve) => {
    const cancelCap = clock.schedule(resolve, capMs);
    void Promise.all(steps.map(run)).then(() => {
      cancelCap();
      resolve();
    });
  });
  cancelNotice();
  return { stuck: [...stuck], failures };
}
