import { problemIn } from './manifest.ts';
import type { Rule } from './rule.ts';
import { matches, type LabelSelector } from './selector.ts';
import { workloadsOf } from './workload.ts';

const POD = 'spec.template.spec';

/** Pods run without privileges that they do not need. */
export const securityRule: Rule = function* (set) {
  for (const { manifest, pod, containers } of workloadsOf(set)) {
    const ofPod = pod.securityContext ?? {};
    const problem = (path: string, text: string) => problemIn(manifest, path, text);
    const atPod = (field: string, text: string) => problem(`${POD}.${field}`, text);
    if (pod.automountServiceAccountToken !== false)
      yield atPod(
        'automountServiceAccountToken',
        'no service calls the Kubernetes API; set it to false',
      );
    if (pod.enableServiceLinks !== false)
      yield atPod(
        'enableServiceLinks',
        'would turn Services into variables of the pod; set it to false',
      );
    if (ofPod.runAsNonRoot !== true)
      yield atPod('securityContext.runAsNonRoot', 'the pod may run as root; set it to true');
    if (!ofPod.runAsUser)
      yield atPod(
        'securityContext.runAsUser',
        'Kubernetes cannot verify that a named user is not root; set the numeric id',
      );
    if (ofPod.seccompProfile?.type !== 'RuntimeDefault')
      yield atPod('securityContext.seccompProfile', 'use { type: RuntimeDefault }');
    for (const { container, path } of containers) {
      const own = container.securityContext ?? {};
      const atContainer = (field: string, text: string) =>
        problem(`${path}.securityContext.${field}`, text);
      if (own.allowPrivilegeEscalation !== false)
        yield atContainer('allowPrivilegeEscalation', 'set it to false');
      if (own.readOnlyRootFilesystem !== true)
        yield atContainer('readOnlyRootFilesystem', 'set it to true; mount a volume to write to');
      if (!own.capabilities?.drop?.includes('ALL'))
        yield atContainer('capabilities.drop', 'drop [ALL]');
      if (own.privileged === true) yield atContainer('privileged', 'remove it');
    }
  }
};

/** Every container requests resources and uses a fixed image version that compose also uses. */
export const containerRule: Rule = function* (set, { composeImages }) {
  for (const { manifest, containers, labels, name } of workloadsOf(set)) {
    for (const { container, path } of containers) {
      const { requests = {}, limits = {} } = container.resources ?? {};
      for (const [field, value] of [
        ['requests.cpu', requests['cpu']],
        ['requests.memory', requests['memory']],
        ['limits.memory', limits['memory']],
      ])
        if (value === undefined)
          yield problemIn(manifest, `${path}.resources.${field}`, 'is missing; add it');
      const image = container.image ?? '';
      const [, repository = '', tag] = /^(.*?)(?::([^:/]+))?(?:@.*)?$/.exec(image) ?? [];
      const problem = (text: string) =>
        problemIn(manifest, `${path}.image`, `got '${image}'; ${text}`);
      const version = labels['app.kubernetes.io/version'];
      if (tag === undefined || tag === 'latest')
        yield problem('this tag may change to another image; use the tag of a version');
      else if (version !== undefined && version !== tag)
        yield problem(`the label app.kubernetes.io/version is '${version}'; use the same version`);
      const short = repository.split('/').slice(-2).join('/');
      if (!composeImages.has(short) && !composeImages.has(image))
        yield problem(`docker-compose.yml has no such image for ${name}; use the same image`);
    }
  }
};

/** A workload selects the pods that it starts. */
export const selectorRule: Rule = function* (set) {
  for (const { manifest, labels } of workloadsOf(set)) {
    const selector = (manifest.object.spec as { selector: LabelSelector }).selector;
    if (!matches(selector, labels) || Object.keys(selector).length === 0)
      yield problemIn(
        manifest,
        'spec.selector',
        'does not match spec.template.metadata.labels; use the same labels',
      );
  }
};
