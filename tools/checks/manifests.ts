import { globSync } from 'node:fs';
import { join } from 'node:path';
import { readFacts } from './manifests/facts.ts';
import { loadKustomization } from './manifests/kustomization.ts';
import { ManifestSet } from './manifests/manifest.ts';
import { renderKustomization } from './manifests/render.ts';
import { ruleProblems } from './manifests/rules.ts';
import { schemaProblems } from './manifests/schema.ts';

const FOLDER = 'deploy/k8s';

/**
 * Checks the Kubernetes manifests against the schemas of Kubernetes and the rules of this project.
 * If kubectl is installed, it also checks the rendered overlays; if not, patches stay unchecked and
 * `note` is called with a message that says so.
 */
export async function manifestProblems(
  root: string,
  note: (text: string) => void = console.log,
): Promise<readonly string[]> {
  const facts = readFacts(root);
  const names = ['base', ...globSync('overlays/*', { cwd: join(root, FOLDER) }).toSorted()];
  const problems = new Set<string>();
  const read = new Set<string>();
  for (const name of names) {
    const loaded = loadKustomization(root, `${FOLDER}/${name}`);
    for (const file of loaded.files) read.add(file);
    for (const problem of loaded.problems) problems.add(problem);
    for (const problem of await problemsOf(new ManifestSet(name, loaded.manifests))) {
      problems.add(problem);
    }
  }
  for (const file of globSync(`${FOLDER}/{base,overlays}/**/*.yaml`, { cwd: root })) {
    if (!read.has(file)) problems.add(`${file}: no kustomization lists it; add it or remove it`);
  }
  // The rendered overlays would only repeat these problems.
  if (problems.size > 0) return [...problems];
  for (const name of names.slice(1)) {
    const rendered = await renderKustomization(root, `${FOLDER}/${name}`);
    if (!rendered) {
      note('     kubectl is not installed: the patches of the overlays are not checked');
      break;
    }
    for (const problem of rendered.problems) problems.add(problem);
    for (const problem of await problemsOf(new ManifestSet(name, rendered.manifests))) {
      problems.add(problem);
    }
  }
  return [...problems];

  async function problemsOf(set: ManifestSet): Promise<readonly string[]> {
    const found = await Promise.all(set.manifests.map(schemaProblems));
    const wrong = found.flat();
    return wrong.length > 0 ? wrong : ruleProblems(set, facts);
  }
}
