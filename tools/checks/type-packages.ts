import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PackageManifest {
  readonly exports?: Readonly<Record<string, string | { readonly types?: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/**
 * Packages that the types of a lib import but its `package.json` does not declare. Without them a
 * user's `tsc` fails, or treats the types as `any`. A package without its own types also needs its
 * `@types` package.
 */
export function typePackageProblems(
  root: string,
  folder: string,
  manifest: PackageManifest,
): readonly string[] {
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  const entries = Object.values(manifest.exports ?? {}).flatMap((target) =>
    typeof target === 'object' && target.types ? [join(root, folder, target.types)] : [],
  );
  return [...packagesOf(entries)].sort().flatMap((name) => {
    if (!(name in declared)) return [`its types need ${name}, which package.json does not declare`];
    const types = `@types/${name.replace('@', '').replace('/', '__')}`;
    if (types in declared || !existsSync(join(root, 'node_modules', types))) return [];
    return [`its types need ${types}, which package.json does not declare; ${name} ships no types`];
  });
}

/** Names of the packages that the files and their relative imports use. */
function packagesOf(entries: readonly string[]): ReadonlySet<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      if (target.startsWith('.')) {
        open.push(join(dirname(file), target.replace(/\.js$/, '.d.ts')));
      } else if (!target.startsWith('node:')) {
        packages.add(
          target
            .split('/')
            .slice(0, target.startsWith('@') ? 2 : 1)
            .join('/'),
        );
      }
    }
  }
  return packages;
}
