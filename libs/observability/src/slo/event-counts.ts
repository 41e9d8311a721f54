import type { ResolvedObjective } from './objective.options.js';
import { bucketBound, selector, type LabelCondition } from './promql.js';

/** PromQL expressions that count within a window. Without data, both return nothing. */
export interface EventCounts {
  readonly events: (window: string) => string;
  /** @param events expression for the number of events in this window */
  readonly failures: (window: string, events: string) => string;
}

const REQUESTS = 'http_server_request_duration_seconds';
const STATUS = 'http_response_status_code';
const SERVER_ERROR = '5..';
const ATTEMPTS = 'loyalnest_job_attempts';
const WAITS = 'loyalnest_job_wait_seconds';

/** Returns the expressions for the events of an objective and for its failures. */
export function eventCounts(objective: ResolvedObjective): EventCounts {
  const { kind, service, routes, methods, jobs, withinSeconds } = objective;
  const ofService = { label: 'service', anyOf: [service] };
  const process = `service_build_info${selector([ofService])}`;
  const requests = (suffix: string, ...conditions: readonly LabelCondition[]) => {
    const route = { label: 'http_route', ...(routes && { anyOf: routes }) };
    const method = { label: 'http_request_method', ...(methods && { anyOf: methods }) };
    return increase(
      process,
      `${REQUESTS}_${suffix}${selector([ofService, route, method, ...conditions])}`,
    );
  };
  const ofJobs = (metric: string, ...conditions: readonly LabelCondition[]) => {
    const job = { label: 'job_name', ...(jobs && { anyOf: jobs }) };
    return increase(process, `${metric}${selector([ofService, job, ...conditions])}`);
  };
  switch (kind) {
    case 'availability':
      return {
        events: requests('count'),
        failures: failing(requests('count', { label: STATUS, matches: SERVER_ERROR })),
      };
    case 'latency': {
      const answered = { label: STATUS, matchesNot: SERVER_ERROR };
      return {
        events: requests('count', answered),
        failures: late(requests('bucket', answered, bucketBound(withinSeconds))),
      };
    }
    case 'job-success':
      return {
        events: ofJobs(`${ATTEMPTS}_count`),
        failures: failing(ofJobs(`${ATTEMPTS}_count`, { label: 'outcome', anyOf: ['dead'] })),
      };
    case 'job-start':
      return {
        events: ofJobs(`${WAITS}_count`),
        failures: late(ofJobs(`${WAITS}_bucket`, bucketBound(withinSeconds))),
      };
  }
}

/** A series of failures does not exist before the first failure. That means 0, not unknown. */
function failing(failures: EventCounts['events']): EventCounts['failures'] {
  return (window, events) => `${failures(window)} or 0 * sum(${events})`;
}

function late(inTime: EventCounts['events']): EventCounts['failures'] {
  return (window, events) => `clamp_min(sum(${events}) - ${inTime(window)}, 0)`;
}

/**
 * Returns how much counters grew in a window. The increase is computed per series before the sum,
 * so a counter that restarts at zero subtracts nothing.
 *
 * A new series of a process that was scraped before the window started at zero. `increase` ignores
 * the first value of such a series, so a failure that occurs only once would never count.
 */
function increase(process: string, counter: string): EventCounts['events'] {
  return (window) =>
    `sum((${counter} unless ${counter} offset ${window}) ` +
    `and on (instance) ${process} offset ${window} ` +
    `or increase(${counter}[${window}]))`;
}
