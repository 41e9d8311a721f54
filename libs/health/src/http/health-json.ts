import type { HealthReport, ServiceStatus } from '../health-report.js';
import type { ServiceInfo } from '../health.options.js';

/** Media type of draft-inadarei-api-health-check-06. */
export const HEALTH_JSON = 'application/health+json';

type Verdict = 'pass' | 'warn' | 'fail';

/** One measurement of one component. */
interface HealthJsonCheck {
  readonly status: Verdict;
  readonly componentId: string;
  readonly observedValue?: string | number | boolean;
  readonly observedUnit?: string;
  readonly time?: string;
  /** A stable code. */
  readonly output?: string;
}

/** A health response in the format of the draft. */
export interface HealthJson extends ServiceInfo {
  readonly status: Verdict;
  /** The status as the plain JSON format names it. */
  readonly notes?: readonly string[];
  readonly checks?: Readonly<Record<string, readonly HealthJsonCheck[]>>;
}

interface Detail {
  readonly status?: unknown;
  readonly code?: string;
  readonly checkedAt?: string;
  readonly durationMs?: number;
  readonly observed?: Readonly<Record<string, string | number | boolean>>;
}

const VERDICTS: Readonly<Record<ServiceStatus | 'up' | 'down', Verdict>> = {
  ok: 'pass',
  up: 'pass',
  degraded: 'warn',
  starting: 'fail',
  error: 'fail',
  down: 'fail',
  shutting_down: 'fail',
};

/**
 * Converts a report to the format of the draft. The keys of its checks are `component:measurement`.
 */
export function toHealthJson(report: HealthReport, service: ServiceInfo): HealthJson {
  const { status, details, modules } = report;
  const found = details ?? modules;
  const notes = status === 'ok' ? {} : { notes: [status] };
  if (!found) return { status: VERDICTS[status], ...notes };
  const checks = Object.entries(found).flatMap(([name, detail]) => measurements(name, detail));
  return { status: VERDICTS[status], ...notes, ...service, checks: Object.fromEntries(checks) };
}

function measurements(name: string, detail: Detail): [string, readonly HealthJsonCheck[]][] {
  // The colon separates the two parts of a key, so neither may contain one.
  const component = name.replaceAll(':', '-');
  const { code, checkedAt, durationMs, observed = {} } = detail;
  const base = {
    status: VERDICTS[detail.status as 'up'] ?? 'fail',
    componentId: name,
    ...(checkedAt !== undefined && { time: checkedAt }),
  };
  const time = durationMs !== undefined && { observedValue: durationMs, observedUnit: 'ms' };
  return [
    [
      `${component}:responseTime`,
      [{ ...base, ...time, ...(code !== undefined && { output: code }) }],
    ],
    ...Object.entries(observed).map(
      ([figure, observedValue]): [string, readonly HealthJsonCheck[]] => [
        `${component}:${figure.replaceAll(':', '-')}`,
        [{ ...base, observedValue }],
      ],
    ),
  ];
}
