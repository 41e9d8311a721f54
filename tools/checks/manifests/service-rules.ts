import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { Facts } from './facts.ts';
import { problemIn } from './manifest.ts';
import { bytesOf, secondsOf } from './quantity.ts';
import type { Rule } from './rule.ts';
import { workloadsOf, type Workload } from './workload.ts';

const PROBES = [
  ['startupProbe', '/health/startup'],
  ['readinessProbe', '/health/ready'],
  ['livenessProbe', '/health/live'],
] as const;

/** Time that must remain of the pod's grace period after `GRACE_PERIOD`. */
const RESERVE_SECONDS = 5;
/** Time that a shutdown needs after `JOB_DRAIN`: hand back, hooks, close, flush, hard deadline. */
const AFTER_DRAIN_SECONDS = 10;
/** Max share of the memory limit for the heap; the rest is for buffers, code and stacks. */
const HEAP_SHARE = 0.8;

/** The Deployments of the apps, each with its only container. */
function* services({ variables }: Facts, workloads: readonly Workload[]) {
  for (const workload of workloads) {
    const { container, path } = workload.containers[0]!;
    if (!variables.has(workload.name)) continue;
    const problem = (at: string, text: string) => problemIn(workload.manifest, at, text);
    const setting = (name: string): string | undefined =>
      container.env?.find((variable) => variable.name === name)?.value;
    yield { ...workload, container, path, problem, setting };
  }
}

/** Each probe asks its own health page on the main port. */
export const probeRule: Rule = function* (set, facts) {
  const { image } = facts;
  for (const { container, path, problem, setting } of services(facts, workloadsOf(set))) {
    const port = Number(setting('PORT') ?? image['PORT']);
    for (const [probe, page] of PROBES) {
      const { httpGet } = container[probe] ?? {};
      if (!httpGet) yield problem(`${path}.${probe}`, `is missing; ask ${page} by httpGet`);
      else if (httpGet.path !== page)
        yield problem(`${path}.${probe}.httpGet.path`, `got '${httpGet.path}'; use ${page}`);
      else if (numberOf(container, httpGet.port) !== port)
        yield problem(
          `${path}.${probe}.httpGet.port`,
          `got ${httpGet.port}, which is not PORT; use ${port}, the port that serves requests`,
        );
    }
  }
};

function numberOf({ ports = [] }: IContainer, port: number | string): number | undefined {
  return typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort;
}

/** A pod has time to drain before it is killed, and an update never reduces the number of pods. */
export const shutdownRule: Rule = function* (set, facts) {
  for (const { name, manifest, pod, path, container, problem, setting } of services(
    facts,
    workloadsOf(set),
  )) {
    const variables = facts.variables.get(name)!;
    const secondsIn = (variable: string): number =>
      secondsOf(setting(variable) ?? variables.get(variable)?.byDefault ?? '');
    const grace = secondsIn('GRACE_PERIOD');
    const given = pod.terminationGracePeriodSeconds ?? 30;
    if (!(given >= grace + RESERVE_SECONDS))
      yield problem(
        'spec.template.spec.terminationGracePeriodSeconds',
        `got ${given} with a GRACE_PERIOD of ${grace} s; use at least ${grace + RESERVE_SECONDS}`,
      );
    const drain = secondsIn('JOB_DRAIN');
    if (!(drain + AFTER_DRAIN_SECONDS <= grace))
      yield problem(
        `${path}.env`,
        `JOB_DRAIN is ${drain} s and GRACE_PERIOD is ${grace} s; leave ${AFTER_DRAIN_SECONDS} s between them`,
      );
    if (container.lifecycle?.preStop)
      yield problem(
        `${path}.lifecycle.preStop`,
        'uses up the grace period, and the shutdown already waits; remove it',
      );
    const { rollingUpdate } = (manifest.object as IDeployment).spec?.strategy ?? {};
    if (rollingUpdate?.maxUnavailable !== 0)
      yield problem(
        'spec.strategy.rollingUpdate.maxUnavailable',
        `got ${rollingUpdate?.maxUnavailable}; use 0`,
      );
  }
};

/** The heap limit of the image fits into the container's memory limit. */
export const memoryRule: Rule = function* (set, facts) {
  for (const { container, path, problem, setting } of services(facts, workloadsOf(set))) {
    const options = setting('NODE_OPTIONS') ?? facts.image['NODE_OPTIONS'] ?? '';
    const heapBytes = Number(/--max-old-space-size=(\d+)/.exec(options)?.[1]) * 2 ** 20;
    const memory = String(container.resources?.limits?.['memory'] ?? '');
    if (heapBytes > HEAP_SHARE * bytesOf(memory))
      yield problem(
        `${path}.resources.limits.memory`,
        `got ${memory}, but the heap may grow to ${heapBytes / 2 ** 20} MiB; raise it, or lower --max-old-space-size in NODE_OPTIONS`,
      );
  }
};

/** The scrape annotation and the container ports both name `METRICS_PORT`. */
export const metricsRule: Rule = function* (set, facts) {
  for (const { annotations, container, path, problem, setting } of services(
    facts,
    workloadsOf(set),
  )) {
    const port = setting('METRICS_PORT');
    const annotated = annotations['prometheus.io/port'];
    if (annotated !== port)
      yield problem(
        'spec.template.metadata.annotations.prometheus.io/port',
        `got ${annotated}, but METRICS_PORT is ${port}; use the same port`,
      );
    if (!container.ports?.some(({ containerPort }) => String(containerPort) === port))
      yield problem(`${path}.ports`, `METRICS_PORT (${port}) is missing; add it`);
  }
};

/** Outside development, pods spread over zones and nodes and have an autoscaler and a budget. */
export const spreadRule: Rule = function* (set, facts) {
  if (set.isDevelopment) return;
  for (const { name, pod, problem } of services(facts, workloadsOf(set))) {
    const keys = pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey) ?? [];
    for (const key of ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'])
      if (!keys.includes(key))
        yield problem(
          'spec.template.spec.topologySpreadConstraints',
          `does not spread over ${key}; add that key`,
        );
    for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget'])
      if (!set.named(kind, name))
        yield problem('metadata.name', `has no ${kind}; add one of this name`);
  }
};
