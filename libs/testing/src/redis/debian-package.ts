import { existsSync, globSync, mkdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withTemporaryFolder } from '../process/temporary-folder.js';
import { run } from '../process/run.js';
import type { RedisBinary } from './redis-binary.js';

/** Packages that every running system has; another copy of the C library would break the start. */
const OF_THE_SYSTEM = /^(libc6|libgcc|libstdc\+\+|libcrypt1|libperl)/;
const LIBRARY = /^(lib|lua-)/;

/**
 * Downloads the first of `servers` that the distribution has, with the libraries it needs, and
 * unpacks it below `cache`; a second call finds it there. Needs apt and dpkg, but not root.
 */
export async function fetchDebianRedis(
  cache: string,
  servers: readonly string[],
): Promise<RedisBinary> {
  for (const server of servers) {
    const cached = binaryIn(join(cache, server), server);
    if (cached) return cached;
  }
  const failures: unknown[] = [];
  for (const server of servers) {
    try {
      return await fetch(cache, server);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}

function fetch(cache: string, server: string): Promise<RedisBinary> {
  mkdirSync(cache, { recursive: true });
  const unpack = async (work: string): Promise<RedisBinary> => {
    const apt = await Apt.prepare(join(work, 'apt'), server);
    const packages = [server, server.replace('-server', '-tools')];
    await apt.download([...packages, ...(await apt.librariesOf(packages))], join(work, 'packages'));
    const root = join(work, 'root');
    for (const file of globSync('*.deb', { cwd: join(work, 'packages') })) {
      await run('dpkg-deb', ['--extract', join(work, 'packages', file), root]);
    }
    const unpacked = binaryIn(root, server);
    if (!unpacked) throw new Error(`the packages hold no ${server}`);
    await run(unpacked.path, ['--version'], { env: { ...process.env, ...unpacked.env } });
    await publish(root, join(cache, server));
    return binaryIn(join(cache, server), server) ?? unpacked;
  };
  return withTemporaryFolder('package', unpack, cache);
}

/** Renaming is atomic: whoever comes second uses what the first one left. */
async function publish(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function binaryIn(root: string, server: string): RedisBinary | undefined {
  const path = join(root, 'usr/bin', server);
  if (!existsSync(path)) return undefined;
  const folders = new Set(globSync('{usr/,}lib/**/*.so*', { cwd: root }).map(dirname));
  const libraries = [...folders].map((folder) => join(root, folder)).join(':');
  return { path, env: { LD_LIBRARY_PATH: libraries } };
}

/** apt with the system's package lists, or with lists of its own where the system has none. */
class Apt {
  private constructor(private readonly options: readonly string[]) {}

  static async prepare(folder: string, wanted: string): Promise<Apt> {
    const system = new Apt(['-o', 'APT::Sandbox::User=root']);
    if (await system.knows(wanted)) return system;
    for (const part of ['lists/partial', 'cache/archives/partial']) {
      mkdirSync(join(folder, part), { recursive: true });
    }
    await writeFile(join(folder, 'status'), '');
    const own = new Apt([
      ...system.options,
      '-o',
      `Dir::State::lists=${join(folder, 'lists')}`,
      '-o',
      `Dir::State::status=${join(folder, 'status')}`,
      '-o',
      `Dir::Cache=${join(folder, 'cache')}`,
    ]);
    await run('apt-get', [...own.options, '--quiet', 'update']);
    if (!(await own.knows(wanted))) throw new Error(`the distribution has no package ${wanted}`);
    return own;
  }

  /** The libraries that `packages` need, directly or through other libraries. */
  async librariesOf(packages: readonly string[]): Promise<string[]> {
    const found = new Set<string>();
    for (let level = packages; level.length > 0;) {
      const next = (await this.dependencies(level)).filter(
        (name) => LIBRARY.test(name) && !OF_THE_SYSTEM.test(name) && !found.has(name),
      );
      for (const name of next) found.add(name);
      level = next;
    }
    return [...found];
  }

  async download(packages: readonly string[], folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    await run('apt-get', [...this.options, '--quiet', 'download', ...packages], { cwd: folder });
  }

  private async dependencies(packages: readonly string[]): Promise<string[]> {
    const listing = await run('apt-cache', [
      ...this.options,
      'depends',
      '--important',
      ...packages,
    ]);
    const names = [...listing.matchAll(/^ [ |](?:Pre)?Depends: ([a-z0-9][a-z0-9+.-]*)$/gm)].map(
      ([, n]) => n!,
    );
    return [...new Set(names)];
  }

  private async knows(name: string): Promise<boolean> {
    try {
      // `depends` and `show` also answer for packages that are installed but can't be fetched.
      const madison = await run('apt-cache', [...this.options, 'madison', name]);
      return madison.trim() !== '';
    } catch {
      return false;
    }
  }
}
