import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './manifest.ts';

interface Kustomization {
  readonly resources?: readonly string[];
  readonly configMapGenerator?: readonly ConfigMapGenerator[];
}

interface ConfigMapGenerator {
  readonly name: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
}

export interface Loaded {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly string[];
  /** All files that were read, relative to the repository root. */
  readonly files: readonly string[];
}

/**
 * Loads everything that a folder's kustomization lists, recursively. It applies no patches or other
 * transformers; only kubectl does.
 */
export function loadKustomization(root: string, folder: string): Loaded {
  const file = join(folder, 'kustomization.yaml');
  const manifests: Manifest[] = [];
  const problems: string[] = [];
  const files = [file];
  const { objects, problems: unread } = readObjects(root, file);
  const { resources = [], configMapGenerator = [] } = (objects[0] ?? {}) as Kustomization;
  problems.push(...unread);
  for (const resource of resources) {
    const path = join(folder, resource);
    if (!existsSync(join(root, path))) {
      problems.push(`${file}: resources: ${resource} does not exist; correct it or remove it`);
    } else if (statSync(join(root, path)).isDirectory()) {
      const below = loadKustomization(root, path);
      manifests.push(...below.manifests);
      problems.push(...below.problems);
      files.push(...below.files);
    } else {
      const read = readObjects(root, path);
      manifests.push(...read.objects.map((object) => ({ file: path, object }) as Manifest));
      problems.push(...read.problems);
      files.push(path);
    }
  }
  const generated = configMapGenerator.map((generator) => ({ file, object: configMap(generator) }));
  return { manifests: [...manifests, ...generated], problems, files };
}

/** The objects of a YAML file, parsed as YAML 1.1 like Kubernetes does: `no` is false. */
export function readObjects(
  root: string,
  file: string,
): { readonly objects: readonly unknown[]; readonly problems: readonly string[] } {
  if (!existsSync(join(root, file))) return { objects: [], problems: [`${file} does not exist`] };
  return parseObjects(readFileSync(join(root, file), 'utf8'), relative('.', file));
}

export function parseObjects(text: string, file: string) {
  const documents = [...parseAllDocuments(text, { version: '1.1' })];
  return {
    objects: documents.map((document) => document.toJS() as unknown).filter((object) => object),
    problems: documents.flatMap(({ errors }) =>
      errors.map(({ message }) => `${file}: invalid YAML: ${message.split('\n')[0]}`),
    ),
  };
}

function configMap({ name, literals = [], files = [] }: ConfigMapGenerator) {
  const data = Object.fromEntries([
    ...literals.map((literal) => literal.split(/=(.*)/s, 2)),
    ...files.map((file) => [file, '']),
  ]) as Record<string, string>;
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}
