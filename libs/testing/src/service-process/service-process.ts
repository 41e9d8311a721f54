import { durationMs, SystemClock, type Duration } from '@loyalnest/core';
import { NotInTimeError } from '../eventually/not-in-time.error.js';
import { freePort } from '../network/free-port.js';
import { OwnProcess, type ProcessExit } from '../process/own-process.js';
import { builtApp } from './built-app.js';
import { httpStatus } from './http-status.js';

export interface ServiceProcessOptions {
  /** Name of an app of this repository, such as `points-service`, or any name with `entry`. */
  readonly app: string;
  /** File to run. @defaultValue `dist/apps/<app>/main.js` */
  readonly entry?: string;
  /** Added to this process's environment. `PORT` and `HOST` are set from the options below. */
  readonly env?: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1, passed to the app as `PORT`. @defaultValue a free one */
  readonly port?: number;
  /** Arguments for Node itself. @defaultValue none */
  readonly nodeArgs?: readonly string[];
  /** Time limit until `GET /health/ready` answers 200. @defaultValue '15s' */
  readonly readyWithin?: Duration;
  /** File that gets the output instead of memory. */
  readonly logFile?: string;
}

const POLL_MS = 40;

const clock = new SystemClock();

/**
 * Runs a built app of this repository in a child process.
 *
 * @example
 * const points = await ServiceProcess.start({ app: 'points-service', env: { REDIS_URL, ... } });
 * await fetch(`${points.url}/v1/points/accounts/42`);
 * expect(await points.stop()).toEqual({ code: 0, signal: null });
 */
export class ServiceProcess {
  readonly host = '127.0.0.1';
  private readonly process: OwnProcess;

  private constructor(
    private readonly options: ServiceProcessOptions,
    readonly port: number,
  ) {
    const { app, entry = builtApp(app), env, nodeArgs = [], logFile } = options;
    this.process = OwnProcess.start({
      name: app,
      command: process.execPath,
      args: [...nodeArgs, entry],
      env: { ...process.env, ...env, PORT: String(port), HOST: this.host },
      ...(logFile !== undefined && { logFile }),
    });
  }

  /**
   * Starts the app and resolves when it is ready. An app that does not become ready is killed.
   *
   * @throws {@link ProcessEndedError} or {@link NotInTimeError} with the last lines of its output
   */
  static async start(options: ServiceProcessOptions): Promise<ServiceProcess> {
    const service = await ServiceProcess.launch(options);
    try {
      await service.ready();
      return service;
    } catch (error) {
      await service.kill();
      throw error;
    }
  }

  /** Starts the app without waiting until it is {@link ready}. */
  static async launch(options: ServiceProcessOptions): Promise<ServiceProcess> {
    return new ServiceProcess(options, options.port ?? (await freePort()));
  }

  get name(): string {
    return this.options.app;
  }

  /** Without a trailing slash. */
  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Null while the app is running, and if a signal ended it. */
  get exitCode(): number | null {
    return this.process.exitCode;
  }

  get running(): boolean {
    return this.process.running;
  }

  /** Resolves when the app has ended, for whatever reason. */
  get exited(): Promise<ProcessExit> {
    return this.process.exited;
  }

  /** The last lines of the output, 20 by default. */
  lastLines(count?: number): readonly string[] {
    return this.process.lastLines(count);
  }

  /** Resolves to the first matching line of the output; see {@link OwnProcess}. */
  waitForLine(pattern: RegExp, within: Duration = '5s'): Promise<string> {
    return this.process.waitForLine(pattern, durationMs('waitForLine.within', within));
  }

  /** Resolves when `GET /health/ready` answers 200. */
  async ready(): Promise<void> {
    const withinMs = durationMs('readyWithin', this.options.readyWithin ?? '15s');
    const giveUpAt = clock.monotonic() + withinMs;
    let seen = 'no answer yet';
    while (this.process.running) {
      seen = await httpStatus(`${this.url}/health/ready`).then(
        (status) => `status ${status}`,
        (error: unknown) => String(error),
      );
      if (seen === 'status 200' && this.process.running) return;
      if (clock.monotonic() >= giveUpAt) {
        const details = [` (last seen: ${seen}). Its last lines:`, ...this.lastLines()];
        throw new NotInTimeError(`${this.name}: readiness`, withinMs, details.join('\n  '));
      }
      await clock.sleep(POLL_MS);
    }
    throw this.process.endedError();
  }

  /** The error to throw if the app has ended while it was needed. */
  endedError(): Error {
    return this.process.endedError();
  }

  /** Sends SIGTERM, and SIGKILL after `within`; the result is then `signal: 'SIGKILL'`. */
  stop(within: Duration = '10s'): Promise<ProcessExit> {
    return this.process.end(durationMs('stop.within', within));
  }

  /** Sends SIGKILL, like a crash. */
  kill(): Promise<ProcessExit> {
    return this.process.kill();
  }

  /** Freezes the app (SIGSTOP): connections stay open and nothing answers. */
  pause(): void {
    this.process.signal('SIGSTOP');
  }

  resume(): void {
    this.process.signal('SIGCONT');
  }
}
