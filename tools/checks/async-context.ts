import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What starts a callback that keeps the async context of the code that starts it. */
const STARTS =
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)\(|\.(?:schedule|startTimer)\(|new AbortController\(|AbortSignal\.timeout\(/;

/** What leaves the context on the same line. */
const OUTSIDE = /runOutsideContext\(|^\s*(?:\/\/|\*|\/\*)/;

/** Programs of one run, doubles for tests, and the clocks themselves. */
const EXEMPT = /^libs\/(?:cli|testing)\/|\/testing\/|\.spec\.ts$|^libs\/core\/src\/clock\//;

type Owner =
  /** It belongs to one call, which starts it in its own context. */
  | 'call'
  /** It belongs to the process, and its owner starts it outside of every request. */
  | 'process';

/** Files that start such callbacks, each with the owner of them. Add a file only if that is true. */
const OWNERS: Readonly<Record<string, Owner>> = {
  'libs/core/src/toolkit/timers/timeout-queue.ts': 'process',
  'libs/graceful-shutdown/src/graceful-shutdown.ts': 'process',
  'libs/graceful-shutdown/src/http/http-drain.ts': 'process',
  'libs/graceful-shutdown/src/shutdown-sequence.ts': 'process',
  'libs/graceful-shutdown/src/steps/run-steps.ts': 'process',
  'libs/health/src/checks/health-check.ts': 'process',
  'libs/health/src/http/details-access.ts': 'call',
  'libs/http/src/client/exchange.ts': 'call',
  'libs/core/src/toolkit/event-loop/loop-lag.ts': 'process',
  'libs/http/src/propagation/call-end.ts': 'call',
  'libs/http/src/overload/overload-gate.ts': 'process',
  'libs/http/src/server/http-server-timeouts.ts': 'process',
  'libs/observability/src/metrics/scrape/source-collector.ts': 'process',
  'libs/observability/src/tracing/tracing.ts': 'process',
  'libs/outbox/src/relay/outbox-relay.ts': 'process',
  'libs/queue/src/connection/cluster-client.ts': 'process',
  'libs/queue/src/connection/queue-connection.ts': 'call',
  'libs/queue/src/dead-letter/dead-letter-maintenance.ts': 'process',
  'libs/queue/src/producer/within-time-limit.ts': 'call',
  'libs/queue/src/redrive-tasks/redrive-tasks.ts': 'process',
  'libs/queue/src/throttling/job-throttle.ts': 'call',
  'libs/queue/src/worker/within-run-time.ts': 'call',
  'libs/resilience/src/bulkhead/bulkhead.policy.ts': 'call',
  'libs/resilience/src/bulkhead/bulkhead.ts': 'call',
  'libs/resilience/src/deadline/deadline.policy.ts': 'call',
  'libs/resilience/src/hedge/hedge.policy.ts': 'call',
  'libs/resilience/src/resilience.registry.ts': 'process',
  'libs/resilience/src/single-flight/flight.ts': 'call',
  'libs/resilience/src/timeout/timeout.policy.ts': 'call',
  'libs/throttling/src/plans/plan-rates.ts': 'call',
  'libs/throttling/src/storage/redis-throttling-storage.ts': 'process',
};

/**
 * Code of the libs that starts a timer or makes an abort controller without saying to whom the callback
 * belongs. A timer of the process that a request starts would run in the context of that request.
 */
export function asyncContextProblems(
  root: string,
  owners: Readonly<Record<string, Owner>> = OWNERS,
): readonly string[] {
  const starting = new Map<string, number>();
  for (const file of globSync('libs/*/src/**/*.ts', { cwd: root }).sort()) {
    if (EXEMPT.test(file)) continue;
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    const first = lines.findIndex((line) => STARTS.test(line) && !OUTSIDE.test(line));
    if (first >= 0) starting.set(file, first + 1);
  }
  const unknown = [...starting].filter(([file]) => owners[file] === undefined);
  const stale = Object.keys(owners).filter((file) => !starting.has(file));
  return [
    ...unknown.map(
      ([file, line]) =>
        `${file}:${line} starts a callback that keeps the current context; for the process use ` +
        'scheduleInBackground or runOutsideContext, for an abort BoundAbortController, and for the ' +
        'timer of one call add the file to tools/checks/async-context.ts',
    ),
    ...stale.map((file) => `${file} starts no such callback; remove it from async-context.ts`),
  ];
}
