import 'reflect-metadata';
import { DRAIN, type Drainable, type DrainStep } from '@loyalnest/core';
import { DRAIN_PHASES } from '@loyalnest/core/toolkit';
import { CorrelationModule, RequestContextService } from '@loyalnest/correlation';
import { GracefulShutdown, GracefulShutdownModule } from '@loyalnest/graceful-shutdown';
import { HealthModule } from '@loyalnest/health';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  Sse,
  type MessageEvent,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { interval, map, type Observable } from 'rxjs';

const { ADAPTER, HANG = '', OPTIONS = '{}', PORT, HOST, BOOT_MS, CREATE } = process.env;

/** Prints each step as it begins. */
@Injectable()
class Steps implements Drainable, OnModuleInit, OnModuleDestroy {
  [DRAIN](): readonly DrainStep[] {
    return DRAIN_PHASES.map((phase) => ({
      phase,
      name: `${phase} step`,
      run: () => this.run(phase),
      pending: () => (phase === HANG ? ['job-7'] : []),
    }));
  }

  async onModuleInit(): Promise<void> {
    if (!BOOT_MS) return;
    console.log('booting');
    await sleep(Number(BOOT_MS));
  }

  onModuleDestroy(): void {
    console.log('step hooks');
  }

  private async run(phase: string): Promise<void> {
    console.log(`step ${phase}`);
    if (phase === HANG) await new Promise(() => undefined);
  }
}

@Controller()
class Routes {
  private readonly held: (() => void)[] = [];

  constructor(private readonly context: RequestContextService) {}

  @Get('hold')
  async hold(): Promise<string> {
    const { signal } = this.context.current!;
    await new Promise<void>((resolve) => {
      this.held.push(resolve);
      signal!.addEventListener('abort', () => resolve());
      console.log('holding');
    });
    return signal!.aborted ? 'cancelled' : 'held';
  }

  @Sse('ticks')
  ticks(): Observable<MessageEvent> {
    return interval(20).pipe(map((tick) => ({ data: String(tick) })));
  }

  @Post('release')
  release(): void {
    for (const resolve of this.held.splice(0)) resolve();
  }

  @Post('crash')
  crash(): void {
    setImmediate(() => {
      throw new Error('boom');
    });
  }
}

/** Hangs on demand while Nest creates the application, before `attach`. */
const slowProvider = {
  provide: 'slow',
  inject: [GracefulShutdown],
  useFactory: async (): Promise<string> => {
    if (CREATE !== 'hangs') return 'made';
    console.log('creating');
    await sleep(60_000);
    return 'late';
  },
};

@Module({
  imports: [
    CorrelationModule.forRoot({}),
    HealthModule.forRoot({}),
    GracefulShutdownModule.forRoot(JSON.parse(OPTIONS) as object),
  ],
  controllers: [Routes],
  providers: [Steps, slowProvider],
})
class AppModule {}

const adapter = (ADAPTER === 'fastify'
  ? new FastifyAdapter()
  : new ExpressAdapter()) as unknown as AbstractHttpAdapter;
const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn', 'fatal'] });
app.get(GracefulShutdown).attach(app);
await app.listen(Number(PORT), HOST!);
console.log(`listening as ${process.pid}`);
