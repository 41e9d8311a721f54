import { problemIn } from './manifest.ts';
import type { Rule } from './rule.ts';
import { valueOf, workloadsOf } from './workload.ts';

/** Variables that no config class declares: the platform or a lib reads them by name. */
const OTHERS = /^(OTEL_|RESILIENCE_|CIRCUIT_BREAKER_)\w+$|^NODE_(OPTIONS|ENV|EXTRA_CA_CERTS)$/;
const SECRET = /secret|pass|token|credential|_key$|database_url|redis_url/i;
const PASSWORD_IN_ADDRESS = /:\/\/[^/@\s]+@/;

/** Each service gets every required variable, and no variable that it does not read. */
export const variableRule: Rule = function* (set, { variables }) {
  for (const { manifest, name, containers } of workloadsOf(set)) {
    const known = variables.get(name);
    if (!known) continue;
    const { container, path } = containers[0]!;
    const given = (container.env ?? []).map((variable) => variable.name);
    const problem = (text: string) => problemIn(manifest, `${path}.env`, text);
    for (const { name: variable, isRequired } of known.values())
      if (isRequired && !given.includes(variable))
        yield problem(`${variable} is not set, and ${name} does not start without it; add it`);
    for (const variable of given) {
      if (!known.has(variable) && !OTHERS.test(variable))
        yield problem(`${name} does not read ${variable}; correct its name or remove it`);
      if (given.indexOf(variable) !== given.lastIndexOf(variable))
        yield problem(`${variable} is set twice; remove one`);
    }
  }
};

/** Secret values come from Secrets, and only development overlays contain Secrets. */
export const secretRule: Rule = function* (set) {
  if (!set.isDevelopment)
    for (const secret of set.ofKind('Secret'))
      yield problemIn(
        secret,
        'data',
        'would put a secret into the repository; remove it and create it in the cluster instead',
      );
  for (const { manifest, containers } of workloadsOf(set))
    for (const { container, path } of containers)
      for (const { name, value } of container.env ?? [])
        if (value !== undefined && isSecret(name, value))
          yield problemIn(
            manifest,
            `${path}.env`,
            `${name} has a secret in plain text; use valueFrom.secretKeyRef`,
          );
  for (const config of set.ofKind<{ data?: Readonly<Record<string, string>> }>('ConfigMap'))
    for (const [key, value] of Object.entries(config.object.data ?? {}))
      if (isSecret(key, value))
        yield problemIn(config, `data.${key}`, 'is a secret in plain text; put it into a Secret');
};

function isSecret(name: string, value: string): boolean {
  return SECRET.test(name) || PASSWORD_IN_ADDRESS.test(value);
}

/** Every ConfigMap or Secret key that a variable refers to exists. */
export const sourceRule: Rule = function* (set) {
  if (!set.isComplete) return;
  for (const { manifest, containers } of workloadsOf(set))
    for (const { container, path } of containers)
      for (const variable of container.env ?? []) {
        const { configMapKeyRef, secretKeyRef } = variable.valueFrom ?? {};
        // The repository does not contain the Secrets of production.
        const source = configMapKeyRef ?? (set.isDevelopment ? secretKeyRef : undefined);
        if (source && valueOf(set, variable) === undefined)
          yield problemIn(
            manifest,
            `${path}.env`,
            `${variable.name} refers to ${source.key} of ${source.name}, which does not exist; add it`,
          );
      }
};
