import {
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
  type ShutdownStage,
} from '@loyalnest/core';
import { DRAIN_PHASES } from '@loyalnest/core/toolkit';
import {
  GracefulShutdownModule,
  type GracefulShutdownModuleOptions,
} from '@loyalnest/graceful-shutdown';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Res,
  type DynamicModule,
  type LoggerService,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { ServerResponse } from 'node:http';

export class RecordingLog implements LoggerService {
  readonly lines: string[] = [];
  log = (text: string): void => void this.lines.push(text);
  warn = this.log;
  error = this.log;
  fatal = this.log;
}

/** Calling one of these lets a held request or hook finish. */
export const held: (() => void)[] = [];

/** Records the stages, phases and hooks that it sees. It can fail or hang in any of them. */
@Injectable()
export class Recorder implements Drainable, ShutdownListener, OnModuleDestroy {
  readonly seen: string[] = [];
  hanging: DrainStep['phase'] | undefined;
  failing: DrainStep['phase'] | undefined;
  hooksHang = false;
  onStage: (stage: ShutdownStage) => void = () => undefined;

  [ON_SHUTDOWN](stage: ShutdownStage): void {
    this.seen.push(stage);
    this.onStage(stage);
  }

  [DRAIN](): readonly DrainStep[] {
    return DRAIN_PHASES.toReversed().map((phase) => ({
      phase,
      name: `recorder ${phase}`,
      run: (signal) => this.run(phase, signal),
      pending: () => (this.hanging === phase ? ['job-1', 'job-2'] : []),
    }));
  }

  async onModuleDestroy(): Promise<void> {
    this.seen.push('hooks');
    if (this.hooksHang) await new Promise<void>((resolve) => held.push(resolve));
  }

  private async run(phase: DrainStep['phase'], signal: AbortSignal): Promise<void> {
    this.seen.push(phase);
    signal.addEventListener('abort', () => this.seen.push(`${phase} notice`));
    if (this.failing === phase) throw new Error(`${phase} is broken`);
    if (this.hanging === phase) await new Promise(() => undefined);
  }
}

@Controller()
class Work {
  @Get('fast')
  fast(): string {
    return 'fast';
  }

  /** Sends its headers, keep-alive among them, before it ends. */
  @Get('stream')
  stream(@Res() response: ServerResponse & { raw?: ServerResponse }): void {
    const raw = response.raw ?? response;
    raw.writeHead(200).write('begin');
    held.push(() => raw.end('end'));
  }

  @Get('hold')
  async hold(): Promise<string> {
    await new Promise<void>((resolve) => held.push(resolve));
    return 'held';
  }
}

/** Throws whenever the shutdown calls it. */
@Injectable()
class Broken implements Drainable, ShutdownListener {
  [ON_SHUTDOWN](): void {
    throw new Error('broken listener');
  }
  [DRAIN](): never {
    throw new Error('broken drainable');
  }
}

/** An application with the module, a {@link Recorder}, a broken provider and some routes. */
export function recordingApp(options: GracefulShutdownModuleOptions): DynamicModule {
  class App {}
  Module({})(App);
  return {
    module: App,
    imports: [GracefulShutdownModule.forRoot(options)],
    controllers: [Work],
    providers: [Broken, Recorder],
  };
}
