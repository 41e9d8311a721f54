import type { PackageManifest } from './type-packages.ts';

/**
 * Dependencies on our own packages that are not pinned to their current version. All packages are
 * released together, and the toolkit of core may change in any release.
 *
 * @param versions the version of each package, by name
 */
export function pinProblems(
  { dependencies = {} }: PackageManifest,
  versions: ReadonlyMap<string, string>,
): readonly string[] {
  return Object.entries(dependencies)
    .filter(([name, range]) => versions.has(name) && versions.get(name) !== range)
    .map(([name, range]) => `depends on ${name} '${range}'; pin it to '${versions.get(name)}'`);
}
