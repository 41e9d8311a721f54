import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardFiles } from './dashboards/dashboards.ts';
import { envExample } from './environment/env-example.ts';
import { errorsPage } from './errors/errors-page.ts';

/** Returns the text of a generated file; `root` is the repository. */
export type Generate = (root: string) => string | Promise<string>;

/** Generated files that are committed because people read them. */
export const GENERATED_FILES: Readonly<Record<string, Generate>> = {
  '.env.example': envExample,
  'docs/errors.md': errorsPage,
  ...dashboardFiles,
  'deploy/prometheus/rules/objectives.rules.yml': async (root) => {
    // Imported late: only this generator needs the built lib.
    const { objectivesRules } = await import('./prometheus/objectives-rules.ts');
    return objectivesRules(root);
  },
};

/** Generated files that differ from what their generator produces. */
export async function generatedProblems(
  root: string,
  files: Readonly<Record<string, Generate>> = GENERATED_FILES,
): Promise<readonly string[]> {
  const problems = await Promise.all(
    Object.entries(files).map(async ([file, generate]) => {
      try {
        const text = await generate(root);
        return readFileSync(join(root, file), 'utf8') === text
          ? []
          : [`${file} is out of date; run npm run generate`];
      } catch (error) {
        return [`${file}: ${(error as Error).message}`];
      }
    }),
  );
  return problems.flat();
}
