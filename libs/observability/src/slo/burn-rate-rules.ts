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

/** Windows up to this length are read from the metrics. Longer ones add up recorded steps. */
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
 * Returns Prometheus rules that monitor objectives over 30 days. Each objective gets the series
 * `service_slo:events:increase<window>`, `service_slo:failures:increase<window>`,
 * `service_slo:failures_per_events:ratio_rate<window>`, `service_slo:objective:ratio` and
 * `service_slo:error_budget_remaining:ratio30d` (1 untouched, 0 spent, below 0 overspent).
 *
 * It also gets the alert `ErrorBudgetBurn` with the labels `slo`, `service` and `severity`: `page`
 * if 2 % of the budget was spent within 1 h or 5 % within 6 h, `ticket` if 10 % was spent within 1
 * or 3 days.
 *
 * Without events there is no share and no alert. Use other rules, such as those in this package, to
 * detect that a service is gone.
 *
 * @throws OptionError for an objective or an option that is not valid
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

/** Alerts need short steps to be in time. The budget does not, and a month has many steps. */
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
  latency: 'requests took too long',
  'job-success': 'jobs became dead letters',
  'job-start': 'jobs waited too long',
};

function annotations(
  { kind, objective, runbook }: ResolvedObjective,
  alerts: readonly BurnRateAlert[],
): Readonly<Record<string, string>> {
  const percent = (share: number): string => `${Number((share * 100).toFixed(6))} %`;
  const spends = alerts.map(({ budgetShare, long }) => `${percent(budgetShare)} in ${long}`);
  return {
    summary: '{{ $labels.service }} is spending the error budget of {{ $labels.slo }} too fast',
    description:
      `{{ $value | humanizePercentage }} of ${FAILED[kind]}. The objective is ` +
      `${percent(objective)} good over ${BUDGET_DAYS} days. The budget shrank by more than ` +
      `${spends.join(' or ')}, and failures continue.`,
    ...(runbook !== undefined && { runbook_url: runbook }),
  };
}
