import type { JobMutation, RollingJobsPlan } from './rolling-jobs.ts';

/** Jobs of 10 s, which no shutdown waits for, among many short ones. */
export function fullJobsPlan(signal: RollingJobsPlan['signal']): RollingJobsPlan {
  return {
    rate: 80,
    restarts: 5,
    signal,
    concurrency: 20,
    longMs: 10_000,
    shutdown: { gracePeriod: 15_000, jobDrain: 4_000 },
  };
}

export function shortJobsPlan(signal: RollingJobsPlan['signal']): RollingJobsPlan {
  return {
    rate: 25,
    restarts: 3,
    signal,
    concurrency: 10,
    longMs: 6_000,
    shutdown: { gracePeriod: 20_000, jobDrain: 3_000 },
  };
}

/** One restart with a protection switched off. */
export function mutatedJobsPlan(mutation: JobMutation): RollingJobsPlan {
  return { ...shortJobsPlan('SIGTERM'), restarts: 1, mutation };
}
