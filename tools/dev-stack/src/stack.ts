import { SystemClock } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import { isPortFree, ServiceProcess, type ProcessExit } from '@loyalnest/testing';
import { join } from 'node:path';
import type { AppPlan, DatabasePlan, StackUrls, StopStage } from './app-plan.js';
import { appMember, type Member } from './member.js';
import { provideDatabases } from './postgres-source.js';
import { provideRedis } from './redis-source.js';
import { StartupError } from './startup.error.js';

// By default Node sizes its heap by the machine's memory and keeps twice as much as an app needs.
const MEMORY_LIMITS = ['--max-old-space-size=512', '--max-semi-space-size=8'];

export interface StackOptions {
  readonly apps: readonly AppPlan[];
  readonly databases: readonly DatabasePlan[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFolder: string;
  /** Called with each step that was just taken. */
  readonly progress: (what: string) => void;
}

/** Stages in the order in which they stop; their limits add up to less than 10 s. */
const STOP_STAGES: readonly { readonly stage: StopStage; readonly withinMs: number }[] = [
  { stage: 'gateway', withinMs: 3_000 },
  { stage: 'services', withinMs: 4_000 },
  { stage: 'servers', withinMs: 2_000 },
];

/** How long a stop waits for a start that hangs. */
const PENDING_START_WITHIN_MS = 5_000;

const clock = new SystemClock();

/** All processes of the stack, started and stopped in order. */
export class Stack {
  /** Resolves with the reason when a process ends unexpectedly. */
  readonly failed: Promise<Error>;
  private reportFailure!: (error: Error) => void;
  private readonly members: Member[] = [];
  private servers: Promise<unknown> = Promise.resolve();
  private readonly ended = new Set<Member>();
  private stopping = false;

  constructor(private readonly options: StackOptions) {
    this.failed = new Promise((resolve) => (this.reportFailure = resolve));
  }

  /** The processes that this stack started, in the order of their start. */
  get processes(): readonly Member[] {
    return this.members;
  }

  logFile(app: string): string {
    return join(this.options.logFolder, `${app}.log`);
  }

  /** Resolves once every app is ready. After a rejection, call `stop` to end what was started. */
  async start(): Promise<StackUrls> {
    const { apps, env, databases, progress } = this.options;
    await this.requireFreePorts();
    progress('starting Redis and Postgres');
    const redis = provideRedis(env).then((source) => {
      this.add(source.member);
      progress(`Redis: ${source.description}`);
      return source.url;
    });
    const postgres = provideDatabases(databases, env).then((source) => {
      this.add(source.member);
      progress(`Postgres: ${source.description}`);
      return source.urls;
    });
    this.servers = Promise.allSettled([redis, postgres]);
    const [redisUrl, databaseUrls] = await Promise.all([redis, postgres]);
    const urls: StackUrls = {
      redis: redisUrl,
      databases: databaseUrls,
      apps: Object.fromEntries(apps.map(({ name, port }) => [name, `http://127.0.0.1:${port}`])),
    };
    this.requireNotStopping();
    progress(`starting ${apps.map(({ name }) => name).join(', ')}`);
    await Promise.all(apps.map((app) => this.startApp(app, urls)));
    this.requireNotStopping();
    return urls;
  }

  /** Stops every process in order. Resolves with a complaint for each that did not stop cleanly. */
  async stop(): Promise<readonly string[]> {
    this.stopping = true;
    // A server that is still starting becomes a member later and must be stopped too.
    await Promise.race([this.servers, clock.sleep(PENDING_START_WITHIN_MS, { keepAlive: false })]);
    const complaints: string[] = [];
    for (const { stage, withinMs } of STOP_STAGES) {
      const members = this.members.filter((member) => member.stage === stage);
      await Promise.all(
        members.map(async (member) => {
          const alreadyEnded = this.ended.has(member);
          const exit = await member.stop(withinMs);
          if (alreadyEnded) return;
          const complaint = complaintAbout(member, exit, withinMs);
          if (complaint !== undefined) complaints.push(complaint);
          this.options.progress(complaint ?? `${member.name} stopped`);
        }),
      );
    }
    return complaints;
  }

  /** Kills every process immediately. */
  async kill(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.members.map((member) => member.kill()));
  }

  private async startApp(plan: AppPlan, urls: StackUrls): Promise<void> {
    const service = await ServiceProcess.launch({
      app: plan.name,
      ...(plan.entry !== undefined && { entry: plan.entry }),
      port: plan.port,
      env: plan.env(urls),
      logFile: this.logFile(plan.name),
      nodeArgs: MEMORY_LIMITS,
      readyWithin: '60s',
    });
    const member = appMember(plan.stage, service);
    this.add(member);
    await service.ready();
    member.starting = false;
    this.options.progress(`${plan.name} is ready`);
  }

  private add(member: Member | undefined): void {
    if (!member) return;
    this.members.push(member);
    void member.exited.then(() => {
      this.ended.add(member);
      if (!this.stopping) this.reportFailure(member.endedError());
    });
  }

  private requireNotStopping(): void {
    if (this.stopping) throw new Error('the stack is being stopped');
  }

  private async requireFreePorts(): Promise<void> {
    const { apps } = this.options;
    for (const { port, portVariable } of apps) {
      wholeNumber(portVariable, port, { min: 1, max: 65_535 });
    }
    const free = await Promise.all(apps.map(({ port }) => isPortFree(port)));
    const taken = apps.filter((_, index) => !free[index]);
    const [first] = taken;
    if (!first) return;
    const ports = taken.map(({ name, port }) => `port ${port} (${name})`).join(', ');
    throw new StartupError(
      `Another process uses ${ports}.`,
      `Stop that process, or choose another port: ${first.portVariable}=${first.port + 100} npm start`,
    );
  }
}

function complaintAbout(
  member: Member,
  exit: ProcessExit | void,
  withinMs: number,
): string | undefined {
  if (!exit || exit.code === 0) return undefined;
  // It had no work yet: Node exits on SIGTERM until a handler is registered.
  if (member.starting && exit.signal === 'SIGTERM') return undefined;
  if (exit.signal === 'SIGKILL') {
    return `${member.name} did not stop within ${withinMs} ms and was killed`;
  }
  return `${member.name} ended with ${exit.signal ?? `exit code ${exit.code}`}`;
}
