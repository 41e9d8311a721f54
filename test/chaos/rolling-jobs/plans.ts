import type { JobMutation, RollingJobsPlan } from './rolling-jobs.ts';

/** A few jobs of 10 s, longer than the shutdown waits, among many short ones. */
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

/**
 * A protection switched off. Each worker ends once, under more load, so that one of them has a long
 * job and with it the time to misbehave.
 */
export function mutatedJobsPlan(mutation: JobMutation): RollingJobsPlan {
  return { ...shortJobsPlan('SIGTERM'), rate: 60, restarts: 2, mutation };
}
