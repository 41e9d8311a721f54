import type { Duration } from '@loyalnest/core';

interface AnyObjective {
  /** Unique among the objectives of a call, `[a-z][a-z0-9-]*`; the label `slo` of its series. */
  readonly name: string;
  /** Whose objective it is: the `service` of `MetricsModule`. */
  readonly service: string;
  /** Share of events that have to be good, above 0 and below 1, such as 0.999. */
  readonly objective: number;
  /** Instead of the option for all objectives. */
  readonly minEvents?: number;
  /** Instead of the option for all objectives. */
  readonly minFailures?: number;
}

interface OfRequests {
  /** Templates of routes, as in the label `http_route`. @defaultValue all of the service */
  readonly routes?: readonly string[];
  /** Such as `GET`. @defaultValue all */
  readonly methods?: readonly string[];
}

interface OfJobs {
  /** Names of jobs that the service runs. @defaultValue all of the service */
  readonly jobs?: readonly string[];
}

/**
 * Requests that do not fail. A status of 5xx is a failure, 503 included; 4xx is the client's own, and
 * so is 499, a client that went away.
 */
export interface AvailabilityObjective extends AnyObjective, OfRequests {
  readonly kind: 'availability';
}

/** Requests that end within a time. Those that fail with 5xx are left out: they end fast for free. */
export interface LatencyObjective extends AnyObjective, OfRequests {
  readonly kind: 'latency';
  /** One of the bounds of `http_server_request_duration_seconds`, such as `'250ms'`. */
  readonly within: Duration;
}

/** Jobs that are completed in the end, however many runs it took; dead letters are failures. */
export interface JobSuccessObjective extends AnyObjective, OfJobs {
  readonly kind: 'job-success';
}

/** Jobs whose first run begins in time, from when they could run. */
export interface JobStartObjective extends AnyObjective, OfJobs {
  readonly kind: 'job-start';
  /** One of the bounds of `loyalnest_job_wait_seconds`, such as `'1m'`. */
  readonly within: Duration;
}

/** A share of events that has to be good over 30 days. */
export type ServiceLevelObjective =
  AvailabilityObjective | LatencyObjective | JobSuccessObjective | JobStartObjective;
