import type { Adapter, HttpMutation, RollingHttpPlan } from './rolling-http.ts';

/** Production-like: slow requests take 5 s, and endpoints are removed 0 to 3 s after the signal. */
export function fullHttpPlan(adapter: Adapter): RollingHttpPlan {
  return {
    adapters: [adapter, adapter],
    rate: 200,
    removalLagsMs: [0, 1_500, 3_000],
    slowMs: 5_000,
    shutdown: {
      gracePeriod: 30_000,
      propagationDelay: 4_000,
      httpDrain: 10_000,
      hooks: 4_000,
      close: 2_000,
      flush: 2_000,
    },
  };
}

/** The same in a third of the time, with one instance on each adapter. */
export const SHORT_HTTP_PLAN: RollingHttpPlan = {
  adapters: ['express', 'fastify'],
  rate: 200,
  removalLagsMs: [0, 300, 600],
  slowMs: 1_500,
  shutdown: {
    gracePeriod: 20_000,
    propagationDelay: 1_500,
    httpDrain: 3_000,
    hooks: 1_000,
    close: 500,
    flush: 250,
  },
};

/** One restart with a protection switched off and slower slow requests. */
export function mutatedHttpPlan(mutation: HttpMutation): RollingHttpPlan {
  return { ...SHORT_HTTP_PLAN, removalLagsMs: [600], slowMs: 2_500, mutation };
}
