import type { ResolvedObjective } from './objective.options.js';
import { bucketBound, selector, type LabelCondition } from './promql.js';

/** Expressions in PromQL that count within a window; both give nothing where nothing is known. */
export interface EventCounts {
  readonly events: (window: string) => string;
  /** @param events expression of the events that were counted in this window */
  readonly failures: (window: string, events: string) => string;
}

const REQUESTS = 'http_server_request_duration_seconds';
const STATUS = 'http_response_status_code';
const SERVER_ERROR = '5..';
const ATTEMPTS = 'loyalnest_job_attempts';
const WAITS = 'loyalnest_job_wait_seconds';

/** What an objective counts, and what of it failed. */
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

/** No series of a failure exists before the first one: that is none, and not unknown. */
function failing(failures: EventCounts['events']): EventCounts['failures'] {
  return (window, events) => `${failures(window)} or 0 * sum(${events})`;
}

function late(inTime: EventCounts['events']): EventCounts['failures'] {
  return (window, events) => `clamp_min(sum(${events}) - ${inTime(window)}, 0)`;
}

/**
 * How much counters grew in a window. Each is taken for itself before the sum, so that one that
 * begins again at zero takes nothing away. A series that is new, though its process was scraped
 * before the window, began at zero: `increase` knows nothing of its first value, and a failure that
 * comes once would never be seen.
 */
function increase(process: string, counter: string): EventCounts['events'] {
  return (window) =>
    `sum((${counter} unless ${counter} offset ${window}) ` +
    `and on (instance) ${process} offset ${window} ` +
    `or increase(${counter}[${window}]))`;
}
