import { existsSync, globSync, mkdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../process/run.js';
import { withTemporaryFolder } from '../process/temporary-folder.js';
import { Apt } from './apt.js';

/** Path of a program, and the environment variables that it needs to start. */
export interface FoundBinary {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface DebianBinary {
  /** Name of the program in `/usr/bin` of the packages. */
  readonly name: string;
  /** Further programs in `/usr/bin` to keep. @defaultValue none */
  readonly others?: readonly string[];
  readonly packages: readonly string[];
  /** Whether to fetch the libraries that the packages need as well. */
  readonly libraries: boolean;
}

/**
 * Downloads a program of the distribution and unpacks it below `cache`, where later calls find it.
 * Needs apt and dpkg, but not root.
 */
export async function fetchDebianBinary(cache: string, wanted: DebianBinary): Promise<FoundBinary> {
  const { name, others = [], packages, libraries } = wanted;
  const cached = cachedBinary(cache, name);
  if (cached) return cached;
  mkdirSync(cache, { recursive: true });
  const unpack = async (work: string): Promise<FoundBinary> => {
    const apt = await Apt.prepare(join(work, 'apt'), packages[0]!);
    const needed = libraries ? await apt.librariesOf(packages) : [];
    await apt.download([...packages, ...needed], join(work, 'packages'));
    const root = join(work, 'root');
    for (const file of globSync('*.deb', { cwd: join(work, 'packages') })) {
      await run('dpkg-deb', ['--extract', join(work, 'packages', file), root]);
    }
    const unpacked = binaryIn(root, name);
    if (!unpacked) throw new Error(`the packages do not contain ${name}`);
    await run(unpacked.path, ['--version'], { env: { ...process.env, ...unpacked.env } });
    const kept = libraries ? root : await extract([name, ...others], root, work);
    await publish(kept, join(cache, name));
    return cachedBinary(cache, name) ?? unpacked;
  };
  return withTemporaryFolder('package', unpack, cache);
}

/** The program that an earlier call has fetched. */
export function cachedBinary(cache: string, name: string): FoundBinary | undefined {
  return binaryIn(join(cache, name), name);
}

/** Moves the programs into a folder without the rest of the packages. */
async function extract(names: readonly string[], root: string, work: string): Promise<string> {
  const folder = join(work, 'programs');
  mkdirSync(join(folder, 'usr/bin'), { recursive: true });
  for (const name of names) {
    await rename(join(root, 'usr/bin', name), join(folder, 'usr/bin', name));
  }
  return folder;
}

/** Renaming is atomic: of concurrent calls, the second one uses the result of the first. */
async function publish(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function binaryIn(root: string, name: string): FoundBinary | undefined {
  const path = join(root, 'usr/bin', name);
  if (!existsSync(path)) return undefined;
  const folders = new Set(globSync('{usr/,}lib/**/*.so*', { cwd: root }).map(dirname));
  if (folders.size === 0) return { path, env: {} };
  const libraries = [...folders].map((folder) => join(root, folder)).join(':');
  return { path, env: { LD_LIBRARY_PATH: libraries } };
}
