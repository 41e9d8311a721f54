import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IService } from 'kubernetes-models/v1/Service';
import { problemIn, type Manifest, type ManifestSet } from './manifest.ts';
import type { Rule } from './rule.ts';
import { matches, type LabelSelector } from './selector.ts';
import { portsOf, valueOf, workloadsOf, type Workload } from './workload.ts';

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: unknown;
}

/** One ingress or egress rule of a policy. */
interface Opening {
  readonly policy: Manifest<INetworkPolicy>;
  readonly path: string;
  /** The pods that the policy applies to. */
  readonly own: LabelSelector;
  readonly peers: readonly Peer[];
  readonly ports: readonly (number | string)[];
}

function openings(set: ManifestSet, direction: 'ingress' | 'egress'): readonly Opening[] {
  return set.ofKind<INetworkPolicy>('NetworkPolicy').flatMap((policy) => {
    const { podSelector, ingress = [], egress = [] } = policy.object.spec!;
    const rules =
      direction === 'ingress'
        ? ingress.map(({ from, ports }) => ({ peers: from, ports }))
        : egress.map(({ to, ports }) => ({ peers: to, ports }));
    return rules.map(({ peers = [], ports = [] }, index) => ({
      policy,
      path: `spec.${direction}[${index}]`,
      own: (podSelector ?? {}) as LabelSelector,
      peers: peers as readonly Peer[],
      ports: ports.flatMap(({ port }) => port ?? []),
    }));
  });
}

const isNeighbour = ({ namespaceSelector, ipBlock }: Peer): boolean =>
  namespaceSelector === undefined && ipBlock === undefined;

/** A policy denies all traffic by default, and every other policy opens existing pods and ports. */
export const networkPolicyRule: Rule = function* (set) {
  const workloads = workloadsOf(set);
  const isClosed = set.ofKind<INetworkPolicy>('NetworkPolicy').some(({ object: { spec } }) => {
    const { podSelector = {}, policyTypes = [], ingress, egress } = spec!;
    const isForAll = Object.keys(podSelector).length === 0;
    return isForAll && policyTypes.length === 2 && !ingress?.length && !egress?.length;
  });
  if (!isClosed)
    yield `deploy/k8s/${set.name}: no NetworkPolicy denies all traffic by default; add one with podSelector {}, both policyTypes and no rules`;
  for (const direction of ['ingress', 'egress'] as const)
    for (const { policy, path, own, peers, ports } of openings(set, direction)) {
      const selected = workloads.filter(({ labels }) => matches(own, labels));
      const called = peers
        .filter(isNeighbour)
        .map(({ podSelector = {} }) =>
          workloads.filter(({ labels }) => matches(podSelector, labels)),
        );
      if (selected.length === 0)
        yield problemIn(policy, 'spec.podSelector', 'matches no pod; use the labels of one');
      if (peers.length === 0 || ports.length === 0)
        yield problemIn(policy, path, 'opens everything; name peers and ports');
      if (called.some((pods) => pods.length === 0))
        yield problemIn(
          policy,
          path,
          'names pods that do not exist; use the labels of existing ones',
        );
      const servers = direction === 'ingress' ? selected : called.flat();
      const isOutside = direction === 'egress' && called.length === 0;
      for (const port of ports)
        if (!isOutside && servers.length > 0 && !portsOf(servers).has(port))
          yield problemIn(policy, path, `the pods have no port ${port}; use one that they have`);
    }
};

const ADDRESS = /^[a-z]+:\/\/(?:[^@/]*@)?([a-z0-9-]+):(\d+)/;

/** Every in-cluster address in the variables names a Service, and the policies allow the traffic. */
export const addressRule: Rule = function* (set) {
  const workloads = workloadsOf(set);
  for (const workload of workloads)
    for (const variable of workload.containers[0]!.container.env ?? []) {
      const [, host, port] = ADDRESS.exec(valueOf(set, variable) ?? '') ?? [];
      if (host === undefined) continue;
      const problem = (text: string) =>
        problemIn(
          workload.manifest,
          'spec.template.spec.containers[0].env',
          `${variable.name}: ${text}`,
        );
      const service = set.named<IService>('Service', host)?.object.spec;
      const open = service?.ports?.find((each) => each.port === Number(port));
      if (!service || !open) {
        yield problem(`there is no Service ${host} with port ${port}; correct the address`);
        continue;
      }
      const targets = workloads.filter(({ labels }) =>
        matches({ matchLabels: service.selector ?? {} }, labels),
      );
      const isAllowed = targets.every((target) => {
        const inside = numberOf(target, open.targetPort ?? open.port);
        return (
          lets(openings(set, 'egress'), workload, target, inside) &&
          lets(openings(set, 'ingress'), target, workload, inside)
        );
      });
      if (!isAllowed)
        yield problem(
          `no NetworkPolicy lets ${workload.name} reach ${host}:${port}; allow egress from ${workload.name} and ingress to ${host}`,
        );
    }
};

function lets(
  opened: readonly Opening[],
  own: Workload,
  peer: Workload,
  port: number | undefined,
): boolean {
  return opened.some(
    (opening) =>
      matches(opening.own, own.labels) &&
      opening.ports.includes(port ?? '') &&
      opening.peers.some(
        (each) => isNeighbour(each) && matches(each.podSelector ?? {}, peer.labels),
      ),
  );
}

function numberOf({ containers }: Workload, port: number | string): number | undefined {
  const ports = containers.flatMap(({ container }) => container.ports ?? []);
  return ports.find(({ name, containerPort }) => port === name || port === containerPort)
    ?.containerPort;
}
