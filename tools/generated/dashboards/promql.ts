/** The dashboard's choice; it stands in every selector. */
const CHOSEN = 'service=~"$service", instance=~"$instance"';
/** Grafana's: at least four scrapes, however far the graph is zoomed out. */
const WINDOW = '$__rate_interval';

/** The chosen services' series of a metric; `matchers` as in PromQL. */
export function series(metric: string, matchers = ''): string {
  return `${metric}{${[matchers, CHOSEN].filter((part) => part !== '').join(', ')}}`;
}

/** How often a second; `by` names labels, separated by commas. */
export function perSecond(counter: string, by: string, matchers?: string): string {
  return sumBy(by, `rate(${series(counter, matchers)}[${WINDOW}])`);
}

/**
 * How often within the window. `rate` and `increase` miss what a series is born with, and so the
 * first failure of its kind: such a series counts in full until it is a window old.
 */
export function occurrences(counter: string, by: string, matchers?: string): string {
  const all = series(counter, matchers);
  return sumBy(by, `increase(${all}[${WINDOW}]) and ${all} offset ${WINDOW} or ${all}`);
}

/** 0 to 1; 0 where there is no part, nothing where there is no whole: never NaN. */
export function share(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / (${whole} > 0)`;
}

/** Of a histogram; nothing where it has no observations: never NaN. */
export function quantile(q: number, histogram: string, by: string): string {
  const buckets = occurrences(`${histogram}_bucket`, by === '' ? 'le' : `le, ${by}`);
  return `histogram_quantile(${q}, ${buckets}) >= 0`;
}

/** Of a histogram's values; nothing where it has no observations. */
export function mean(histogram: string, by: string): string {
  const count = occurrences(`${histogram}_count`, by);
  return `${occurrences(`${histogram}_sum`, by)} / (${count} > 0)`;
}

/** A state that each instance has for itself, added up. */
export function total(gauge: string, by: string, matchers?: string): string {
  return `sum by (${by}) (${series(gauge, matchers)})`;
}

/** Of services, with 0 for those that were there within the last hour and are gone. */
export function orGone(byService: string): string {
  const known = `last_over_time(${series('service_build_info')}[1h])`;
  return `${byService} or 0 * sum by (service) (${known})`;
}

/** A state that all instances tell alike, as they share the queue or the table: counted once. */
export function shared(gauge: string, by: string, matchers?: string): string {
  return `max by (${by}) (${series(gauge, matchers)})`;
}

function sumBy(by: string, expr: string): string {
  return `sum by (${by}) (${expr})`;
}
