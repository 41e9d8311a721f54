import {
  BUDGET_DAYS,
  BURN_RATE_ALERTS,
  burnRateOf,
  minutesOf,
  type BurnRateAlert,
  type Window,
} from './burn-rate.js';
import { eventCounts } from './event-counts.js';
import type { ServiceLevelObjective } from './objective.js';
import {
  resolveObjectives,
  type BurnRateRulesOptions,
  type ResolvedObjective,
} from './objective.options.js';
import { selector } from './promql.js';
import type { AlertingRule, RecordingRule, RuleFile } from './rule-file.js';

/** Up to here a window is read from the metrics; longer ones add up what was recorded in steps. */
const LONGEST_READ = minutesOf('6h');
const BUDGET_WINDOW: Window = `${BUDGET_DAYS}d`;
const WINDOWS = [
  ...new Set([
    ...Object.values(BURN_RATE_ALERTS).flatMap((alerts) =>
      alerts.flatMap(({ short, long }) => [short, long]),
    ),
    BUDGET_WINDOW,
  ]),
].toSorted((a, b) => minutesOf(a) - minutesOf(b));

/**
 * Rules for Prometheus that watch objectives over 30 days. For each there are the series
 * `service_slo:events:increase<window>`, `service_slo:failures:increase<window>`,
 * `service_slo:failures_per_events:ratio_rate<window>`, `service_slo:objective:ratio` and
 * `service_slo:error_budget_remaining:ratio30d` (1 untouched, 0 spent, below 0 overspent), and the
 * alert `ErrorBudgetBurn` with the labels `slo`, `service` and `severity`: `page` once 2 % of the
 * budget went within 1 h or 5 % within 6 h, `ticket` once 10 % went within 1 or 3 days.
 *
 * Without events there is no share and no alert: whether the service is there at all has to be
 * watched by other means, such as the rules that come with this package.
 *
 * @throws OptionError for an objective or an option that cannot be used
 * @example
 * const rules = burnRateRules([
 *   { name: 'orders-answered', kind: 'availability', service: 'shop', objective: 0.999 },
 * ]);
 * writeFileSync('objectives.rules.json', JSON.stringify(rules));
 */
export function burnRateRules(
  objectives: readonly ServiceLevelObjective[],
  options: BurnRateRulesOptions = {},
): RuleFile {
  return {
    groups: resolveObjectives(objectives, options).map((objective) => ({
      name: `slo-${objective.name}`,
      rules: [...recordingRules(objective), ...alertingRules(objective)],
    })),
  };
}

const series = (metric: string, { name, service }: ResolvedObjective): string =>
  `service_slo:${metric}` +
  selector([
    { label: 'service', anyOf: [service] },
    { label: 'slo', anyOf: [name] },
  ]);

function recordingRules(objective: ResolvedObjective): readonly RecordingRule[] {
  const labels = { service: objective.service, slo: objective.name };
  const rule = (metric: string, expr: string) => ({
    record: `service_slo:${metric}`,
    expr,
    labels,
  });
  const of = (metric: string): string => series(metric, objective);
  const counts = eventCounts(objective);
  const budget = `(1 - ${objective.objective})`;
  return [
    rule('objective:ratio', `vector(${objective.objective})`),
    ...WINDOWS.flatMap((window) => {
      const isRead = minutesOf(window) <= LONGEST_READ;
      const events = of(`events:increase${window}`);
      const failures = of(`failures:increase${window}`);
      const step = stepOf(window);
      const added = (metric: string): string =>
        `sum_over_time(${of(`${metric}:increase${step}`)}[${window}:${step}])`;
      return [
        rule(`events:increase${window}`, isRead ? counts.events(window) : added('events')),
        rule(
          `failures:increase${window}`,
          isRead ? counts.failures(window, events) : added('failures'),
        ),
        rule(`failures_per_events:ratio_rate${window}`, `${failures} / (${events} > 0)`),
      ];
    }),
    rule(
      `error_budget_remaining:ratio${BUDGET_WINDOW}`,
      `1 - ${of(`failures_per_events:ratio_rate${BUDGET_WINDOW}`)} / ${budget}`,
    ),
  ];
}

/** Alerts need to be in time; the budget does not, and a month has many steps. */
function stepOf(window: Window): Window {
  return window === BUDGET_WINDOW ? '1h' : '5m';
}

function alertingRules(objective: ResolvedObjective): readonly AlertingRule[] {
  return Object.entries(BURN_RATE_ALERTS).map(([severity, alerts]) => ({
    alert: 'ErrorBudgetBurn',
    // One alert for both pairs of windows: it is the same fault.
    expr: alerts.map((alert) => `(${burns(objective, alert)})`).join(' or '),
    labels: { service: objective.service, slo: objective.name, severity },
    annotations: annotations(objective, alerts),
  }));
}

function burns(objective: ResolvedObjective, alert: BurnRateAlert): string {
  const { long, short } = alert;
  const of = (metric: string): string => series(metric, objective);
  const threshold = `${burnRateOf(alert)} * (1 - ${objective.objective})`;
  return [
    `${of(`failures_per_events:ratio_rate${long}`)} > ${threshold}`,
    `${of(`failures_per_events:ratio_rate${short}`)} > ${threshold}`,
    `${of(`events:increase${long}`)} >= ${objective.minEvents}`,
    `${of(`failures:increase${long}`)} >= ${objective.minFailures}`,
  ].join(' and ');
}

const FAILED: Readonly<Record<ServiceLevelObjective['kind'], string>> = {
  availability: 'requests were answered with 5xx',
  latency: 'requests took longer than they may',
  'job-success': 'jobs became dead letters',
  'job-start': 'jobs waited longer than they may',
};

function annotations(
  { kind, objective, runbook }: ResolvedObjective,
  alerts: readonly BurnRateAlert[],
): Readonly<Record<string, string>> {
  const percent = (share: number): string => `${Number((share * 100).toFixed(6))} %`;
  const spends = alerts.map(({ budgetShare, long }) => `${percent(budgetShare)} in ${long}`);
  return {
    summary: '{{ $labels.service }} spends the error budget of {{ $labels.slo }} too fast',
    description:
      `{{ $value | humanizePercentage }} of ${FAILED[kind]}; the objective is ` +
      `${percent(objective)} good over ${BUDGET_DAYS} days. More than ${spends.join(' or ')} of the ` +
      'budget is gone, and it goes on.',
    ...(runbook !== undefined && { runbook_url: runbook }),
  };
}
