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
  const { kind, service, routes, methods, jobs, jobLabel, withinSeconds } = objective;
  const counted = (metric: string, ...conditions: readonly LabelCondition[]) =>
    increase(
      service,
      `${metric}${selector([{ label: 'service', anyOf: [service] }, ...conditions])}`,
    );
  const ofRequests = [
    { label: 'http_route', ...(routes && { anyOf: routes }) },
    { label: 'http_request_method', ...(methods && { anyOf: methods }) },
  ];
  const ofJobs = [{ label: jobLabel, ...(jobs && { anyOf: jobs }) }];
  switch (kind) {
    case 'availability':
      return {
        events: counted(`${REQUESTS}_count`, ...ofRequests),
        failures: failing(
          counted(`${REQUESTS}_count`, ...ofRequests, { label: STATUS, matches: SERVER_ERROR }),
        ),
      };
    case 'latency': {
      const answered = [...ofRequests, { label: STATUS, matchesNot: SERVER_ERROR }];
      return {
        events: counted(`${REQUESTS}_count`, ...answered),
        failures: late(counted(`${REQUESTS}_bucket`, ...answered, bucketBound(withinSeconds))),
      };
    }
    case 'job-success':
      return {
        events: counted(`${ATTEMPTS}_count`, ...ofJobs),
        failures: failing(
          counted(`${ATTEMPTS}_count`, ...ofJobs, { label: 'outcome', anyOf: ['dead'] }),
        ),
      };
    case 'job-start':
      return {
        events: counted(`${WAITS}_count`, ...ofJobs),
        failures: late(counted(`${WAITS}_bucket`, ...ofJobs, bucketBound(withinSeconds))),
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
function increase(service: string, series: string): EventCounts['events'] {
  const process = `service_build_info${selector([{ label: 'service', anyOf: [service] }])}`;
  return (window) =>
    `sum((${series} unless ${series} offset ${window}) ` +
    `and on (instance) ${process} offset ${window} ` +
    `or increase(${series}[${window}]))`;
}
