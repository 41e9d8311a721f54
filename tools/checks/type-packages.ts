import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PackageManifest {
  readonly exports?: Readonly<Record<string, string | { readonly types?: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/**
 * Packages whose types a lib's own types need, and which its users would not have: `tsc` of theirs
 * fails, or takes them for `any`. A package without types of its own needs its `@types` beside it.
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
    if (!(name in declared)) return [`its types need ${name}, which package.json does not name`];
    const types = `@types/${name.replace('@', '').replace('/', '__')}`;
    if (types in declared || !existsSync(join(root, 'node_modules', types))) return [];
    return [`its types need ${types}, as ${name} has none; package.json does not name it`];
  });
}

/** Names of the packages that the files, and those that they lead to, import. */
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
