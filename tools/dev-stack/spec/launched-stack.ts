import {
  createTemporaryFolder,
  eventually,
  freePort,
  OwnProcess,
  removeTemporaryFolder,
  repositoryRoot,
} from '@loyalnest/testing';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { STAND_IN_APP, type StandInMode } from './stand-in-app.js';

export interface Scenario {
  /** Whether to start it through `npm start`. */
  readonly byNpm?: boolean;
  /** Misbehaviour of individual apps. */
  readonly modes?: Readonly<Record<string, StandInMode>>;
  readonly env?: Readonly<Record<string, string>>;
}

const NAMES = ['partner-simulator', 'points-service', 'api-gateway'] as const;

/** The launcher in its own process, with stand-ins for the apps. */
export class LaunchedStack {
  readonly names = NAMES;
  readonly temporary: string;
  private process: OwnProcess | undefined;

  private constructor(
    readonly folder: string,
    private readonly ports: Readonly<Record<string, number>>,
  ) {
    // Postgres may run as another user, which needs access to this folder.
    chmodSync(folder, 0o711);
    this.temporary = join(folder, 'tmp');
    mkdirSync(this.temporary);
    writeFileSync(join(folder, 'app.mjs'), STAND_IN_APP);
    writeFileSync(join(folder, 'order'), '');
  }

  static async prepare(): Promise<LaunchedStack> {
    const ports = await Promise.all(NAMES.map(async (name) => [name, await freePort()] as const));
    return new LaunchedStack(createTemporaryFolder('launch'), Object.fromEntries(ports));
  }

  get launcher(): OwnProcess {
    if (!this.process) throw new Error('launch first');
    return this.process;
  }

  port(name: (typeof NAMES)[number]): number {
    return this.ports[name]!;
  }

  url(name: (typeof NAMES)[number]): string {
    return `http://localhost:${this.port(name)}`;
  }

  launch({ modes = {}, env = {}, byNpm = false }: Scenario = {}): void {
    const main = this.writeMain(modes);
    const { REDIS_URL: _redis, POINTS_DATABASE_URL: _points, ...inherited } = process.env;
    this.process = OwnProcess.start({
      name: 'launcher',
      ...(byNpm
        ? { command: 'npm', args: ['start'], cwd: this.folder }
        : { command: process.execPath, args: [main] }),
      // Lets `leftRunning` find child processes, by environment or by working folder.
      env: { ...inherited, ...env, LAUNCHED_FROM: this.folder, TMPDIR: this.temporary },
    });
  }

  async launchUntilReady(scenario?: Scenario): Promise<void> {
    this.launch(scenario);
    await this.launcher.waitForLine(/^Ctrl-C stops everything/, 15_000);
  }

  output(): string {
    return this.launcher.lastLines(100).join('\n');
  }

  /** Lines such as `points-service asked` and `points-service stopped`, in order. */
  orderOfStop(): string[] {
    return readFileSync(join(this.folder, 'order'), 'utf8').trim().split('\n');
  }

  /** Ids of the running processes of the launcher, including itself; empty without `/proc`. */
  leftRunning(): string[] {
    return (existsSync('/proc') ? readdirSync('/proc') : []).filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        const workingFolder = readlinkSync(`/proc/${pid}/cwd`);
        return (
          environment.includes(`LAUNCHED_FROM=${this.folder}`) ||
          workingFolder.startsWith(this.folder)
        );
      } catch {
        return false;
      }
    });
  }

  async dispose(): Promise<void> {
    await this.process?.kill();
    await eventually(() => this.leftRunning().length === 0, { within: '8s' });
    await removeTemporaryFolder(this.folder);
  }

  private writeMain(modes: Readonly<Record<string, StandInMode>>): string {
    const main = join(this.folder, 'main.mjs');
    const launchModule = join(repositoryRoot(), 'dist/tools/dev-stack/launch.js');
    const apps = NAMES.map(
      (name) => `{
        name: '${name}', port: ${this.port(name)}, portVariable: 'SOME_PORT',
        entry: '${join(this.folder, 'app.mjs')}',
        stage: '${name === 'api-gateway' ? 'gateway' : 'services'}',
        env: (urls) => ({
          NAME: '${name}', MODE: '${modes[name] ?? ''}',
          ORDER_FILE: '${join(this.folder, 'order')}',
          REDIS: urls.redis, DATABASE: urls.databases.points ?? '',
        }),
      }`,
    );
    writeFileSync(
      main,
      `import { launch } from '${pathToFileURL(launchModule).href}';
       await launch({
         apps: [${apps.join(', ')}],
         databases: [{ name: 'points', variable: 'POINTS_DATABASE_URL' }],
         env: process.env,
         logFolder: '${join(this.folder, 'logs')}',
       });`,
    );
    const root = readFileSync(join(repositoryRoot(), 'package.json'), 'utf8');
    const { scripts } = JSON.parse(root) as { scripts?: Record<string, string> };
    // The script of the repository, to cover its `exec` too.
    const script = scripts?.['start'] ?? 'exec node tools/start.ts';
    const start = script.replace('tools/start.ts', main);
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ scripts: { start } }));
    return main;
  }
}
