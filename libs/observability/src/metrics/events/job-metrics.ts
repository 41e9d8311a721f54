import type { MetricRegistry } from '../registry/metric-registry.js';
import type { EventSource } from '../../event-source.js';
import { JOB_RUN_BUCKETS, JOB_WAIT_BUCKETS } from './job-buckets.js';

interface JobEvent {
  readonly name: string;
}

const ATTEMPT_BUCKETS = [1, 2, 3, 5, 8, 13];
/** Outcomes after which a job does not run again by itself. */
const ENDS: ReadonlySet<string> = new Set(['completed', 'dead']);

/**
 * Measures how many jobs there are, how long they wait and run, and how they end. The label is
 * `job_name`, because Prometheus uses `job` for the target.
 */
export function measureJobs(registry: MetricRegistry, on: EventSource): void {
  const enqueued = registry.counter({
    name: 'loyalnest_jobs_enqueued_total',
    help: 'Jobs that this process stored',
    labels: ['job_name'],
  });
  const deduplicated = registry.counter({
    name: 'loyalnest_jobs_deduplicated_total',
    help: 'Jobs that were not stored, because their idempotency key already exists',
    labels: ['job_name'],
  });
  const waits = registry.histogram({
    name: 'loyalnest_job_wait_seconds',
    help: 'Time from when a job was ready to the start of its first run',
    labels: ['job_name'],
    buckets: JOB_WAIT_BUCKETS,
  });
  const runs = registry.histogram({
    name: 'loyalnest_job_duration_seconds',
    help: 'Duration of a run of a job',
    labels: ['job_name', 'outcome'],
    buckets: JOB_RUN_BUCKETS,
  });
  const attempts = registry.histogram({
    name: 'loyalnest_job_attempts',
    help: 'Runs that a job needed until it was completed or dead',
    labels: ['job_name', 'outcome'],
    buckets: ATTEMPT_BUCKETS,
  });
  const retries = registry.counter({
    name: 'loyalnest_job_retries_total',
    help: 'Failed runs that are retried',
    labels: ['job_name'],
  });
  const throttled = registry.histogram({
    name: 'loyalnest_job_throttle_delay_seconds',
    help: "Time that a job waits for its merchant's next slot",
    labels: ['job_name', 'at'],
    buckets: JOB_WAIT_BUCKETS,
  });
  const refused = registry.counter({
    name: 'loyalnest_jobs_refused_total',
    help: 'Jobs that were not stored, because their delay would exceed the limit of the plan',
    labels: ['job_name'],
  });
  const postponed = registry.counter({
    name: 'loyalnest_jobs_postponed_total',
    help: 'Jobs that were put back for a service that knows them',
    labels: ['job_name'],
  });
  const stalled = registry.counter({
    name: 'loyalnest_jobs_stalled_total',
    help: 'Jobs whose worker stopped renewing its lock',
    labels: ['queue'],
  });
  const cancelled = registry.counter({
    name: 'loyalnest_jobs_cancelled_total',
    help: 'Waiting jobs that were cancelled',
    labels: ['queue'],
  });

  on<JobEvent>('loyalnest:queue:job-enqueued', ({ name }) => enqueued.add({ job_name: name }));
  on<JobEvent>('loyalnest:queue:job-deduplicated', ({ name }) =>
    deduplicated.add({ job_name: name }),
  );
  on<JobEvent & { waitMs?: number }>('loyalnest:queue:job-started', ({ name, waitMs }) => {
    if (waitMs !== undefined) waits.observe({ job_name: name }, waitMs / 1_000);
  });
  on<JobEvent & { outcome: string; durationMs: number; attempt: number }>(
    'loyalnest:queue:job-finished',
    ({ name, outcome, durationMs, attempt }) => {
      runs.observe({ job_name: name, outcome }, durationMs / 1_000);
      if (ENDS.has(outcome)) attempts.observe({ job_name: name, outcome }, attempt);
    },
  );
  on<JobEvent>('loyalnest:queue:job-retried', ({ name }) => retries.add({ job_name: name }));
  on<JobEvent & { at: string; refused: boolean; delayMs: number }>(
    'loyalnest:queue:job-throttled',
    ({ name, at, refused: isRefused, delayMs }) => {
      if (isRefused) refused.add({ job_name: name });
      else throttled.observe({ job_name: name, at }, delayMs / 1_000);
    },
  );
  on<JobEvent>('loyalnest:queue:job-postponed', ({ name }) => postponed.add({ job_name: name }));
  on<{ queue: string }>('loyalnest:queue:job-stalled', ({ queue }) => stalled.add({ queue }));
  on<{ queue: string }>('loyalnest:queue:job-cancelled', ({ queue }) => cancelled.add({ queue }));
}
