import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseObjects } from './kustomization.ts';
import type { Manifest } from './manifest.ts';

const run = promisify(execFile);

/** The manifests that `kubectl apply -k` would send; undefined if kubectl is not installed. */
export async function renderKustomization(
  root: string,
  folder: string,
): Promise<
  { readonly manifests: readonly Manifest[]; readonly problems: readonly string[] } | undefined
> {
  const file = `${folder} (kubectl kustomize)`;
  try {
    const { stdout } = await run('kubectl', ['kustomize', join(root, folder)]);
    const { objects, problems } = parseObjects(stdout, file);
    return { manifests: objects.map((object) => ({ file, object }) as Manifest), problems };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') return undefined;
    return { manifests: [], problems: [`${file}: ${stderr?.trim() || String(error)}`] };
  }
}
