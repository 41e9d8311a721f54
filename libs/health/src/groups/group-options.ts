import { OptionError } from '@loyalnest/core';

/** Names of checks by the name of their group. */
export type GroupOptions = Readonly<Record<string, readonly string[]>>;

/** Pages that are no groups. */
const TAKEN: ReadonlySet<string> = new Set(['modules']);
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** @throws OptionError for a name that cannot be a page */
export function checkGroupName(path: string, name: string): void {
  if (!NAME.test(name)) {
    throw new OptionError(path, name, "use lower case, digits and '-', such as 'checkout'");
  }
  if (TAKEN.has(name)) throw new OptionError(path, name, 'choose another name: it is a page');
}

/** @throws OptionError for a group that is no list of names, or whose name cannot be a page */
export function resolveGroups(
  path: string,
  options: GroupOptions,
): ReadonlyMap<string, readonly string[]> {
  for (const [name, checks] of Object.entries(options)) {
    checkGroupName(path, name);
    if (!Array.isArray(checks) || checks.some((check) => typeof check !== 'string')) {
      throw new OptionError(`${path}.${name}`, checks, "list names of checks: ['postgres', 'sms']");
    }
  }
  return new Map(Object.entries(options));
}
