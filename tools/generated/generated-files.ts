import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardFiles } from './dashboards/dashboards.ts';
import { envExample } from './environment/env-example.ts';
import { errorsPage } from './errors/errors-page.ts';

/** Gives the text of a file, of what lies below the root. */
export type Generate = (root: string) => string | Promise<string>;

/** The files that are made of code and committed all the same, as people read them. */
export const GENERATED_FILES: Readonly<Record<string, Generate>> = {
  '.env.example': envExample,
  'docs/errors.md': errorsPage,
  ...dashboardFiles,
  'deploy/prometheus/rules/objectives.rules.yml': async (root) => {
    // Needs the built lib, which the others do without.
    const { objectivesRules } = await import('./prometheus/objectives-rules.ts');
    return objectivesRules(root);
  },
};

/** Which of them are not as their code has them. */
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
          : [`${file} is not up to date: npm run generate`];
      } catch (error) {
        return [`${file}: ${(error as Error).message}`];
      }
    }),
  );
  return problems.flat();
}
