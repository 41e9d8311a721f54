/** The dashboard's choice of services and instances, part of every selector. */
const CHOSEN = 'service=~"$service", instance=~"$instance"';
/** Grafana's window: at least four scrapes, at any zoom level. */
const WINDOW = '$__rate_interval';

/** The series of a metric for the chosen services; `matchers` as in PromQL. */
export function series(metric: string, matchers = ''): string {
  return `${metric}{${[matchers, CHOSEN].filter((part) => part !== '').join(', ')}}`;
}

/** The rate per second; `by` lists labels, separated by commas. */
export function perSecond(counter: string, by: string, matchers?: string): string {
  return sumBy(by, `rate(${series(counter, matchers)}[${WINDOW}])`);
}

/**
 * The number of events within the window. `rate` and `increase` ignore the first value of a series,
 * and so the first failure of its kind. Here a new series counts in full until it is a window old.
 */
export function occurrences(counter: string, by: string, matchers?: string): string {
  const all = series(counter, matchers);
  return sumBy(by, `increase(${all}[${WINDOW}]) and ${all} offset ${WINDOW} or ${all}`);
}

/** A share from 0 to 1: 0 if there is no part, no value if there is no whole, never NaN. */
export function share(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / (${whole} > 0)`;
}

/** A quantile of a histogram: no value without observations, never NaN. */
export function quantile(q: number, histogram: string, by: string): string {
  const buckets = occurrences(`${histogram}_bucket`, by === '' ? 'le' : `le, ${by}`);
  return `histogram_quantile(${q}, ${buckets}) >= 0`;
}

/** The mean of a histogram: no value without observations. */
export function mean(histogram: string, by: string): string {
  const count = occurrences(`${histogram}_count`, by);
  return `${occurrences(`${histogram}_sum`, by)} / (${count} > 0)`;
}

/** The sum of a gauge that each instance reports for itself. */
export function total(gauge: string, by: string, matchers?: string): string {
  return `sum by (${by}) (${series(gauge, matchers)})`;
}

/** `byService`, with 0 for services that were up within the last hour but are gone. */
export function orGone(byService: string): string {
  const known = `last_over_time(${series('service_build_info')}[1h])`;
  return `${byService} or 0 * sum by (service) (${known})`;
}

/** A gauge of a shared queue or table, which all instances report alike: counted once. */
export function shared(gauge: string, by: string, matchers?: string): string {
  return `max by (${by}) (${series(gauge, matchers)})`;
}

function sumBy(by: string, expr: string): string {
  return `sum by (${by}) (${expr})`;
}
