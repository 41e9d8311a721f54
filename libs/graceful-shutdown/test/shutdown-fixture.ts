import {
  GracefulShutdown,
  shutdownPhaseEnded,
  type GracefulShutdownModuleOptions,
  type ShutdownPhaseEnded,
} from '@loyalnest/graceful-shutdown';
import { eventually, FakeClock, type Platform, type RunningApp } from '@loyalnest/testing';
import type { DynamicModule, NestApplicationOptions } from '@nestjs/common';
import { once } from 'node:events';
import { Agent, get as httpGet } from 'node:http';
import { connect, type Socket } from 'node:net';
import { FakeProcess } from './fake-process.js';
import { held, recordingApp, Recorder, RecordingLog } from './recording-app.js';

/** A {@link recordingApp} that listens on one platform, with a fake clock and a fake process. */
export class ShutdownFixture {
  readonly clock = new FakeClock();
  readonly control = new FakeProcess();
  readonly log = new RecordingLog();
  readonly phases: ShutdownPhaseEnded[] = [];
  /** Sends all of its requests over one kept-alive connection. */
  readonly keepAlive = new Agent({ keepAlive: true, maxSockets: 1 });
  running!: RunningApp;
  private readonly unsubscribe = shutdownPhaseEnded.subscribe((event) => this.phases.push(event));

  constructor(private readonly platform: Platform) {}

  get recorder(): Recorder {
    return this.running.app.get(Recorder);
  }

  get shutdown(): GracefulShutdown {
    return this.running.app.get(GracefulShutdown);
  }

  module(options: GracefulShutdownModuleOptions = {}): DynamicModule {
    return recordingApp({ clock: this.clock, process: this.control, ...options });
  }

  /** Starts the application with the shutdown attached. */
  async boot(
    options: GracefulShutdownModuleOptions = {},
    nest: NestApplicationOptions = {},
  ): Promise<void> {
    this.running = await this.platform.create(this.module(options), {
      nest: { logger: this.log, ...nest },
      configure: (app) => app.get(GracefulShutdown).attach(app),
    });
  }

  /** Waits until the process has exited. */
  async ended(): Promise<void> {
    await eventually(() => this.control.exits.length > 0);
  }

  /** Releases everything that is held and closes the application. */
  async close(): Promise<void> {
    this.unsubscribe();
    for (const release of held.splice(0)) release();
    this.keepAlive.destroy();
    this.running.app.getHttpServer().closeAllConnections();
    await this.running.close();
  }

  async connect(): Promise<Socket> {
    const socket = this.startConnecting();
    await once(socket, 'connect');
    return socket;
  }

  startConnecting(): Socket {
    return connect(Number(new URL(this.running.url).port), '127.0.0.1');
  }

  /** Resolves with the status and the Connection header of the response. */
  get(path: string, agent: Agent | false = false): Promise<[number, string | undefined]> {
    return new Promise((resolve, reject) => {
      httpGet(this.running.url + path, { agent }, (response) => {
        response.resume();
        response.on('end', () => resolve([response.statusCode!, response.headers.connection]));
      }).on('error', reject);
    });
  }
}

/** Writes `text` and resolves with the first data that comes back. */
export async function exchange(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String(await once(socket, 'data'));
}
