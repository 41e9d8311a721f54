import { OptionError } from '@loyalnest/core';

/** Names of checks by group. */
export type GroupOptions = Readonly<Record<string, readonly string[]>>;

/** Pages that are not groups. */
const TAKEN: ReadonlySet<string> = new Set(['modules']);
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** @throws OptionError if the name cannot be a page */
export function checkGroupName(path: string, name: string): void {
  if (!NAME.test(name)) {
    throw new OptionError(path, name, "use lower-case letters, digits and '-', such as 'checkout'");
  }
  if (TAKEN.has(name)) {
    throw new OptionError(path, name, `use another name; /health/${name} is a built-in page`);
  }
}

/** @throws OptionError if a group is not a list of names, or its name cannot be a page */
export function resolveGroups(
  path: string,
  options: GroupOptions,
): ReadonlyMap<string, readonly string[]> {
  for (const [name, checks] of Object.entries(options)) {
    checkGroupName(path, name);
    if (!Array.isArray(checks) || checks.some((check) => typeof check !== 'string')) {
      throw new OptionError(
        `${path}.${name}`,
        checks,
        "use a list of names of checks, such as ['postgres', 'sms']",
      );
    }
  }
  return new Map(Object.entries(options));
}
