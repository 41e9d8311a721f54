import { OptionError } from '@loyalnest/core';
import type { HealthCheck } from '../checks/health-check.js';
import { checkGroupName } from './group-options.js';

/** Checks that are answered for together, on one page. */
export interface HealthGroup {
  readonly name: string;
  readonly checks: readonly HealthCheck[];
  /** Whether each check that is down makes the group down, and not only a critical one. */
  readonly strict: boolean;
}

/** The name of the group of all checks, whose page is `/health` itself. */
export const ALL = '';

/** The first part of a check's name tells its topic: `redis:cache` is of the topic `redis`. */
const TOPICS: Readonly<Record<string, readonly string[]>> = {
  database: ['database', 'postgres', 'mysql', 'sqlite', 'mongodb'],
  redis: ['redis', 'valkey'],
  queues: ['queues', 'queue', 'bullmq'],
  memory: ['memory'],
};

/**
 * Sorts the checks into their groups: by the module's `groups`, where a check says so itself, and by
 * topic. Groups of the orchestrator (`live`, `ready`, `startup`) exist even without a check; one that
 * is about a single topic only with one.
 *
 * @throws OptionError for a name in `groups` that is no check, or a group that cannot be a page
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
    // Own groups add to what checks say themselves; the known ones are stated in full.
    const known = KNOWN.has(group);
    members.set(group, new Set(known ? found : [...(members.get(group) ?? []), ...found]));
  }
  return new Map(
    [...members].map(([name, group]) => [
      name,
      { name, checks: [...group], strict: Object.hasOwn(TOPICS, name) },
    ]),
  );
}

const KNOWN: ReadonlySet<string> = new Set(['live', 'ready', 'startup', ...Object.keys(TOPICS)]);

/** @throws OptionError */
export function findCheck(path: string, name: string, checks: readonly HealthCheck[]): HealthCheck {
  const found = checks.find((check) => check.name === name);
  if (found) return found;
  const known = checks.map((check) => check.name).join(', ') || 'none';
  throw new OptionError(path, name, `use the name of a check; there are: ${known}`);
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
