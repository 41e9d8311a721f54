import type { Duration } from '@loyalnest/core';

interface AnyObjective {
  /** Value of the label `slo`: `[a-z][a-z0-9-]*`, unique among the objectives of a call. */
  readonly name: string;
  /** Name of the service, as in the option `service` of `MetricsModule`. */
  readonly service: string;
  /** Share of events that must be good, above 0 and below 1, such as 0.999. */
  readonly objective: number;
  /** Overrides the option for all objectives. */
  readonly minEvents?: number;
  /** Overrides the option for all objectives. */
  readonly minFailures?: number;
}

interface OfRequests {
  /** Templates of routes, as in the label `http_route`. @defaultValue all routes of the service */
  readonly routes?: readonly string[];
  /** HTTP methods, such as `GET`. @defaultValue all */
  readonly methods?: readonly string[];
}

interface OfJobs {
  /** Names of jobs that the service runs. @defaultValue all jobs of the service */
  readonly jobs?: readonly string[];
}

/**
 * Requests that do not fail. A 5xx status is a failure, including 503. A 4xx status is not, and
 * neither is 499, a client that disconnected.
 */
export interface AvailabilityObjective extends AnyObjective, OfRequests {
  readonly kind: 'availability';
}

/**
 * Requests that end in time. Those that fail with 5xx are ignored, because failing fast is no
 * success.
 */
export interface LatencyObjective extends AnyObjective, OfRequests {
  readonly kind: 'latency';
  /** A bucket of `http_server_request_duration_seconds`, such as `'250ms'`. */
  readonly within: Duration;
}

/** Jobs that complete, no matter how many runs they need. Dead letters are failures. */
export interface JobSuccessObjective extends AnyObjective, OfJobs {
  readonly kind: 'job-success';
}

/** Jobs whose first run starts in time after they were ready. */
export interface JobStartObjective extends AnyObjective, OfJobs {
  readonly kind: 'job-start';
  /** A bucket of `loyalnest_job_wait_seconds`, such as `'1m'`. */
  readonly within: Duration;
}

/** A share of events that must be good over 30 days. */
export type ServiceLevelObjective =
  AvailabilityObjective | LatencyObjective | JobSuccessObjective | JobStartObjective;
