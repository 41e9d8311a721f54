import { durationMs, OptionError } from '@loyalnest/core';
import { knownHttpMethod, ratio, wholeNumber } from '@loyalnest/core/toolkit';
import { JOB_WAIT_BUCKETS } from '../metrics/events/job-buckets.js';
import { HTTP_BUCKETS } from '../metrics/http/http-buckets.js';
import type { ServiceLevelObjective } from './objective.js';

/** Options for all objectives of a call. */
export interface BurnRateRulesOptions {
  /**
   * Minimum number of events in the long window for an alert. A share of fewer events means little,
   * and the longer windows still count them. >= 1. @defaultValue 10
   */
  readonly minEvents?: number;
  /** Minimum number of failures in the long window for an alert. >= 1. @defaultValue 2 */
  readonly minFailures?: number;
  /** Address of the runbook, for the annotation `runbook_url`. @defaultValue none */
  readonly runbook?: string;
}

/** An objective with defaults applied, and its bound in seconds. */
export interface ResolvedObjective {
  readonly name: string;
  readonly service: string;
  readonly objective: number;
  readonly minEvents: number;
  readonly minFailures: number;
  readonly kind: ServiceLevelObjective['kind'];
  readonly routes: readonly string[] | undefined;
  readonly methods: readonly string[] | undefined;
  readonly jobs: readonly string[] | undefined;
  /** 0 if the kind has no `within`. */
  readonly withinSeconds: number;
  readonly runbook: string | undefined;
}

/** Fields of each kind, in addition to those of all kinds. */
const FIELDS: Readonly<Record<ServiceLevelObjective['kind'], readonly string[]>> = {
  availability: ['routes', 'methods'],
  latency: ['routes', 'methods', 'within'],
  'job-success': ['jobs'],
  'job-start': ['jobs', 'within'],
};
const FIELDS_OF_ALL = ['name', 'kind', 'service', 'objective', 'minEvents', 'minFailures'];
const OPTIONS = ['minEvents', 'minFailures', 'runbook'];
const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Applies defaults and checks every objective.
 *
 * @throws OptionError for the first value that is not valid
 */
export function resolveObjectives(
  objectives: readonly ServiceLevelObjective[],
  options: BurnRateRulesOptions,
): readonly ResolvedObjective[] {
  if (!Array.isArray(objectives) || objectives.length === 0) {
    throw new OptionError('objectives', objectives, 'declare at least one objective');
  }
  refuseUnknown('burnRateRules', options, OPTIONS);
  const { runbook } = options;
  if (runbook !== undefined && !isText(runbook)) {
    throw new OptionError('burnRateRules.runbook', runbook, 'use the URL of a page');
  }
  const min = minCounts('burnRateRules', options, { minEvents: 10, minFailures: 2 });
  const taken = new Set<string>();
  return objectives.map((objective, i) => {
    const path = `objectives[${i}]`;
    const resolved = resolveObjective(path, objective, min);
    if (taken.has(resolved.name)) {
      throw new OptionError(`${path}.name`, resolved.name, 'give each objective its own name');
    }
    taken.add(resolved.name);
    return { ...resolved, runbook };
  });
}

type MinCounts = Required<Pick<BurnRateRulesOptions, 'minEvents' | 'minFailures'>>;

function resolveObjective(
  path: string,
  given: ServiceLevelObjective,
  min: MinCounts,
): Omit<ResolvedObjective, 'runbook'> {
  if (!Object.hasOwn(FIELDS, given.kind)) {
    throw new OptionError(`${path}.kind`, given.kind, `use ${Object.keys(FIELDS).join(', ')}`);
  }
  refuseUnknown(path, given, [...FIELDS_OF_ALL, ...FIELDS[given.kind]]);
  const { name, service, objective } = given;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new OptionError(`${path}.name`, name, 'use lowercase letters, digits and hyphens');
  }
  if (!isText(service)) {
    throw new OptionError(
      `${path}.service`,
      service,
      "use the name of the service, such as 'points-service'",
    );
  }
  if (ratio(`${path}.objective`, objective) % 1 === 0) {
    throw new OptionError(`${path}.objective`, objective, 'use a share above 0 and below 1');
  }
  const ofRequests = 'routes' in given || 'methods' in given ? given : undefined;
  return {
    name,
    service,
    objective,
    kind: given.kind,
    ...minCounts(path, given, min),
    routes: names(`${path}.routes`, ofRequests?.routes, isText),
    methods: names(`${path}.methods`, ofRequests?.methods, isMethod),
    jobs: names(`${path}.jobs`, 'jobs' in given ? given.jobs : undefined, isText),
    withinSeconds: boundOf(path, given),
  };
}

function minCounts(path: string, given: BurnRateRulesOptions, otherwise: MinCounts) {
  const { minEvents = otherwise.minEvents, minFailures = otherwise.minFailures } = given;
  return {
    minEvents: wholeNumber(`${path}.minEvents`, minEvents, { min: 1 }),
    minFailures: wholeNumber(`${path}.minFailures`, minFailures, { min: 1 }),
  };
}

/** A misspelt field, or one of another kind, would silently widen the objective. */
function refuseUnknown(path: string, given: object, known: readonly string[]): void {
  for (const [field, value] of Object.entries(given)) {
    if (known.includes(field)) continue;
    throw new OptionError(`${path}.${field}`, value, `use only ${known.join(', ')}`);
  }
}

function names(
  path: string,
  values: readonly string[] | undefined,
  accept: (value: unknown) => boolean,
): readonly string[] | undefined {
  if (values === undefined) return undefined;
  if (!Array.isArray(values) || values.length === 0) {
    throw new OptionError(path, values, 'list at least one, or omit the field to include all');
  }
  for (const [i, value] of values.entries()) {
    if (accept(value)) continue;
    throw new OptionError(`${path}[${i}]`, value, 'use the value of the label in the metric');
  }
  return [...new Set(values)];
}

/** Rejects `{{`, because Prometheus expands templates in the labels and annotations of an alert. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('{{');
}

function isMethod(value: unknown): boolean {
  return typeof value === 'string' && knownHttpMethod(value) === value;
}

function boundOf(path: string, objective: ServiceLevelObjective): number {
  if (objective.kind !== 'latency' && objective.kind !== 'job-start') return 0;
  const { kind, within } = objective;
  const seconds = durationMs(`${path}.within`, within) / 1_000;
  const buckets = kind === 'latency' ? HTTP_BUCKETS : JOB_WAIT_BUCKETS;
  if (buckets.includes(seconds)) return seconds;
  const known = buckets.map((bound) => `${bound * 1_000}ms`).join(', ');
  throw new OptionError(`${path}.within`, within, `use a bucket of the histogram: ${known}`);
}
