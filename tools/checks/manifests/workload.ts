import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { Manifest, ManifestSet } from './manifest.ts';
import type { Labels } from './selector.ts';

/** A Deployment or StatefulSet, with the fields that the rules check. */
export interface Workload {
  readonly manifest: Manifest<IDeployment | IStatefulSet>;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly pod: IPodSpec;
  readonly containers: readonly { readonly container: IContainer; readonly path: string }[];
}

const POD = 'spec.template.spec';

export function workloadsOf(set: ManifestSet): readonly Workload[] {
  const found = ['Deployment', 'StatefulSet'].flatMap((kind) =>
    set.ofKind<IDeployment | IStatefulSet>(kind),
  );
  return found.map((manifest) => {
    const { spec, metadata } = manifest.object;
    const pod = spec!.template.spec!;
    return {
      manifest,
      name: metadata.name,
      labels: spec!.template.metadata?.labels ?? {},
      annotations: spec!.template.metadata?.annotations ?? {},
      pod,
      containers: pod.containers.map((container, index) => ({
        container,
        path: `${POD}.containers[${index}]`,
      })),
    };
  });
}

export function portsOf(workloads: readonly Workload[]): ReadonlySet<number | string> {
  const ports = workloads.flatMap(({ containers }) =>
    containers.flatMap(({ container }) => container.ports ?? []),
  );
  return new Set(
    ports.flatMap(({ name, containerPort }) => [name ?? containerPort, containerPort]),
  );
}

/** The value of a variable; undefined if the set does not contain it. */
export function valueOf(set: ManifestSet, { value, valueFrom }: IEnvVar): string | undefined {
  if (value !== undefined) return value;
  const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  const kept = configMapKeyRef
    ? set.named<{ data?: Labels }>('ConfigMap', configMapKeyRef.name)?.object.data
    : set.named<{ stringData?: Labels }>('Secret', secretKeyRef?.name)?.object.stringData;
  return kept?.[(configMapKeyRef ?? secretKeyRef)?.key ?? ''];
}
