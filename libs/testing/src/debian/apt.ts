import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.js';

/** Packages that every system has. A second copy of the C library would break the start. */
const PREINSTALLED = /^(libc6|libgcc|libstdc\+\+|libcrypt1|libperl)/;
const LIBRARY = /^(lib|lua-)/;

/** apt with the system's package lists, or with its own lists if the system has none. */
export class Apt {
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

  /** The libraries that `packages` depend on, directly or indirectly. */
  async librariesOf(packages: readonly string[]): Promise<string[]> {
    const found = new Set<string>();
    for (let level = packages; level.length > 0;) {
      const next = (await this.dependencies(level)).filter(
        (name) => LIBRARY.test(name) && !PREINSTALLED.test(name) && !found.has(name),
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
      // `depends` and `show` also know packages that are installed but cannot be downloaded.
      const madison = await run('apt-cache', [...this.options, 'madison', name]);
      return madison.trim() !== '';
    } catch {
      return false;
    }
  }
}
