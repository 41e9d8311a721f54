import ts from 'typescript';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BUDGETS = 'config/name-budgets.json';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

/**
 * Entries of public libs that export more names than their budget allows, or that have none. Every
 * name is something that users must learn and that we must keep: raise a budget on purpose.
 */
export function nameBudgetProblems(root: string): readonly string[] {
  const budgets = JSON.parse(readFileSync(join(root, BUDGETS), 'utf8')) as Record<string, number>;
  const counts = exportCounts(root);
  const problems = [...counts].flatMap(([entry, count]) => {
    const budget = budgets[entry];
    if (budget === undefined) return [`${entry} has no budget; add "${entry}": ${count}`];
    return count > budget
      ? [
          `${entry} exports ${count} names, more than its budget of ${budget}; remove one or raise it`,
        ]
      : [];
  });
  const stale = Object.keys(budgets).filter((entry) => !counts.has(entry));
  return [...problems, ...stale.map((entry) => `${entry} does not exist; remove its budget`)].map(
    (problem) => `${BUDGETS}: ${problem}`,
  );
}

/** How many names each entry exports: `@loyalnest/core`, `@loyalnest/core/toolkit`, ... */
function exportCounts(root: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of globSync('libs/*/package.json', { cwd: root }).toSorted()) {
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;
    if (manifest.private) continue;
    for (const [subpath, target] of Object.entries(manifest.exports)) {
      if (typeof target === 'string') continue;
      const source = target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
      const entry = join(manifest.name, subpath);
      counts.set(entry, namesIn(join(root, dirname(file), source)));
    }
  }
  return counts;
}

/** An index lists its names one by one; anything else counts as over every budget. */
function namesIn(file: string): number {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  return source.statements.filter(ts.isExportDeclaration).reduce((sum, { exportClause }) => {
    const isListed = exportClause !== undefined && ts.isNamedExports(exportClause);
    return sum + (isListed ? exportClause.elements.length : Infinity);
  }, 0);
}
