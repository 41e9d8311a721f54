import { OptionError } from '@loyalnest/core';
import type { HealthCheck } from '../checks/health-check.js';
import { checkGroupName } from './group-options.js';

/** Checks that share a page. */
export interface HealthGroup {
  readonly name: string;
  readonly checks: readonly HealthCheck[];
  /** Whether any check that is down makes the group down, not only a critical one. */
  readonly strict: boolean;
}

/** Name of the group of all checks. Its page is `/health` itself. */
export const ALL = '';

/** The first part of a check's name is its topic: `redis:cache` belongs to the topic `redis`. */
const TOPICS: Readonly<Record<string, readonly string[]>> = {
  database: ['database', 'postgres', 'mysql', 'sqlite', 'mongodb'],
  redis: ['redis', 'valkey'],
  queues: ['queues', 'queue', 'bullmq'],
  memory: ['memory'],
};

/**
 * Sorts the checks into groups: those of the module's `groups`, those that a check declares, and
 * topics. The groups `live`, `ready` and `startup` always exist, a topic only if it has a check.
 *
 * @throws OptionError if `groups` names an unknown check, or a group cannot be a page
 */
export function groupChecks(
  checks: readonly HealthCheck[],
  configured: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, HealthGroup> {
  const members = new Map<string, Set<HealthCheck>>();
  const add = (group: string, check: HealthCheck): void => {
    if (!members.has(group)) members.set(group, new Set());
    members.get(group)!.add(check);
  };
  members.set(ALL, new Set(checks));
  for (const name of ['live', 'ready', 'startup']) members.set(name, new Set());
  for (const check of checks) {
    for (const group of declaredGroups(check)) add(group, check);
    const topic = topicOf(check.name);
    if (topic !== undefined) add(topic, check);
  }
  for (const [group, names] of configured) {
    const found = names.map((name) => findCheck(`HealthModule.groups.${group}`, name, checks));
    // Custom groups add to what the checks declare. The option replaces built-in groups.
    const isBuiltIn = BUILT_IN.has(group);
    members.set(group, new Set(isBuiltIn ? found : [...(members.get(group) ?? []), ...found]));
  }
  return new Map(
    [...members].map(([name, group]) => [
      name,
      { name, checks: [...group], strict: Object.hasOwn(TOPICS, name) },
    ]),
  );
}

const BUILT_IN: ReadonlySet<string> = new Set(['live', 'ready', 'startup', ...Object.keys(TOPICS)]);

/** @throws OptionError */
export function findCheck(path: string, name: string, checks: readonly HealthCheck[]): HealthCheck {
  const found = checks.find((check) => check.name === name);
  if (found) return found;
  const known = checks.map((check) => check.name).join(', ') || 'none';
  throw new OptionError(path, name, `use the name of a check; known checks: ${known}`);
}

function declaredGroups({ name, source }: HealthCheck): readonly string[] {
  const { group = 'ready' } = source.declaration;
  const groups = typeof group === 'string' ? [group] : group;
  for (const each of groups) checkGroupName(`healthCheck('${name}').group`, each);
  return groups;
}

function topicOf(check: string): string | undefined {
  const first = check.split(':', 1)[0]!;
  return Object.keys(TOPICS).find((topic) => TOPICS[topic]!.includes(first));
}
