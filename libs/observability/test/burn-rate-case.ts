import {
  burnRateRules,
  type AvailabilityObjective,
  type BurnRateRulesOptions,
  type JobSuccessObjective,
  type ServiceLevelObjective,
} from '../src/slo/index.js';
import { testRules } from './promtool.js';

export const answered: AvailabilityObjective = {
  name: 'answered',
  kind: 'availability',
  service: 'shop',
  routes: ['/orders'],
  objective: 0.999,
};
export const calculated: JobSuccessObjective = {
  name: 'calculated',
  kind: 'job-success',
  service: 'shop',
  jobs: ['points.calculate'],
  objective: 0.999,
};

export const requests = (status: number, instance = 'a', route = '/orders') =>
  'http_server_request_duration_seconds_count' +
  `{service="shop",instance="${instance}",http_route="${route}",http_request_method="GET",` +
  `http_response_status_code="${status}"}`;
export const jobs = (outcome: string, name = 'points.calculate') =>
  `loyalnest_job_attempts_count{service="shop",instance="a",job_name="${name}",outcome="${outcome}"}`;
/** The series of a scraped process, instance a. */
export const PROCESS = 'service_build_info{service="shop",instance="a"}';

type Severity = 'page' | 'ticket';

/** An objective, its metrics, and the alerts that they cause. */
export interface AlertCase {
  readonly objective?: ServiceLevelObjective;
  readonly options?: BurnRateRulesOptions;
  readonly series: Readonly<Record<string, string>>;
  readonly evaluateEvery?: string;
  /** The severities that fire, by time. */
  readonly fires: Readonly<Record<string, readonly Severity[]>>;
}

/** Evaluates the rules of an objective on the series, and compares the alerts that fire. */
export const firing = async ({
  objective = answered,
  options,
  fires,
  ...test
}: AlertCase): Promise<void> =>
  testRules(burnRateRules([objective], options), {
    ...test,
    expect: Object.entries(fires).map(([at, severities]) => ({
      expr: 'group by (severity) (ALERTS{alertname="ErrorBudgetBurn",alertstate="firing"})',
      at,
      gives: Object.fromEntries(severities.map((severity) => [`{severity="${severity}"}`, 1])),
    })),
  });
