import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { problemIn } from './manifest.ts';
import type { Rule } from './rule.ts';
import { matches } from './selector.ts';
import { portsOf, workloadsOf } from './workload.ts';

/** Each app has a Deployment, but partner-simulator only in development. */
export const appRule: Rule = function* (set, { variables }) {
  if (!set.isComplete) return;
  for (const app of variables.keys()) {
    const isMissing = !set.named('Deployment', app);
    if (isMissing && (set.isDevelopment || app !== 'partner-simulator'))
      yield `deploy/k8s/${set.name}: has no Deployment ${app} for apps/${app}; add it`;
    if (!isMissing && !set.isDevelopment && app === 'partner-simulator')
      yield `deploy/k8s/${set.name}: has partner-simulator, which is for development only; remove it`;
  }
};

/** Services and disruption budgets match pods, and Services target ports that those pods have. */
export const podTargetRule: Rule = function* (set) {
  const workloads = workloadsOf(set);
  for (const service of set.ofKind<IService>('Service')) {
    const { selector = {}, ports = [] } = service.object.spec ?? {};
    const pods = workloads.filter(({ labels }) => matches({ matchLabels: selector }, labels));
    if (pods.length === 0 || Object.keys(selector).length === 0)
      yield problemIn(service, 'spec.selector', 'matches no pod; use the labels of one');
    else
      for (const { targetPort, port } of ports)
        if (!portsOf(pods).has(targetPort ?? port))
          yield problemIn(
            service,
            'spec.ports',
            `the pods have no port ${targetPort ?? port}; use one that they have`,
          );
  }
  for (const budget of set.ofKind<IPodDisruptionBudget>('PodDisruptionBudget')) {
    const selector = budget.object.spec?.selector ?? {};
    if (!workloads.some(({ labels }) => matches(selector, labels)))
      yield problemIn(budget, 'spec.selector', 'matches no pod; use the labels of one');
  }
};

/** Autoscalers scale an existing workload by metrics that a service exports. */
export const autoscalerRule: Rule = function* (set, { metrics, adapterMetrics }) {
  for (const autoscaler of set.ofKind<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler')) {
    const {
      scaleTargetRef: target,
      minReplicas,
      maxReplicas,
      metrics: used = [],
    } = autoscaler.object.spec!;
    if (!set.named(target.kind, target.name))
      yield problemIn(
        autoscaler,
        'spec.scaleTargetRef',
        `there is no ${target.kind} ${target.name}; correct it`,
      );
    if (!(Number(minReplicas) >= 2 && maxReplicas > Number(minReplicas)))
      yield problemIn(
        autoscaler,
        'spec.minReplicas',
        `got ${minReplicas} to ${maxReplicas}; use at least 2, and a higher maxReplicas`,
      );
    for (const { external } of used) {
      const name = external?.metric.name;
      if (name === undefined) continue;
      const problem = (text: string) => problemIn(autoscaler, 'spec.metrics', text);
      if (!metrics.has(name)) yield problem(`no service exports ${name}; correct it`);
      else if (!adapterMetrics.has(name))
        yield problem(`examples/prometheus-adapter-values.yaml has no rule for ${name}; add one`);
    }
  }
};

/** Pods use service accounts that exist and that mount no token. */
export const accountRule: Rule = function* (set) {
  for (const { manifest, pod } of workloadsOf(set)) {
    const name = pod.serviceAccountName;
    if (name !== undefined && !set.named('ServiceAccount', name))
      yield problemIn(
        manifest,
        'spec.template.spec.serviceAccountName',
        `there is no ServiceAccount ${name}; add it`,
      );
  }
  for (const account of set.ofKind<IServiceAccount>('ServiceAccount'))
    if (account.object.automountServiceAccountToken !== false)
      yield problemIn(
        account,
        'automountServiceAccountToken',
        'mounts a token that no service needs; set it to false',
      );
};

/** An Ingress routes to an existing Service and opens only the API paths. */
export const ingressRule: Rule = function* (set) {
  for (const ingress of set.ofKind<IIngress>('Ingress')) {
    const paths = ingress.object.spec?.rules?.flatMap(({ http }) => http?.paths ?? []) ?? [];
    for (const { path, backend } of paths) {
      const { name, port } = backend.service ?? { name: '' };
      const service = set.named<IService>('Service', name);
      const isOpen = service?.object.spec?.ports?.some(
        (open) => open.name === port?.name || open.port === port?.number,
      );
      if (isOpen !== true)
        yield problemIn(
          ingress,
          'spec.rules',
          `there is no Service ${name} with port ${port?.name ?? port?.number}; correct it`,
        );
      if (!path?.startsWith('/v1'))
        yield problemIn(
          ingress,
          'spec.rules',
          `${path} also opens internal pages such as /debug; use /v1`,
        );
    }
  }
};
