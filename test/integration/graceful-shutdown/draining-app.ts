import 'reflect-metadata';
import { DRAIN, DRAIN_PHASES, type Drainable, type DrainStep } from '@loyalnest/core';
import { CorrelationModule, RequestContextService } from '@loyalnest/correlation';
import { GracefulShutdown, GracefulShutdownModule } from '@loyalnest/graceful-shutdown';
import { HealthModule } from '@loyalnest/health';
import { Controller, Get, Injectable, Module, Post, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const { ADAPTER, HANG = '', OPTIONS = '{}', PORT, HOST } = process.env;

/** Prints each step as it begins. */
@Injectable()
class Steps implements Drainable, OnModuleDestroy {
  [DRAIN](): readonly DrainStep[] {
    return DRAIN_PHASES.map((phase) => ({
      phase,
      name: `${phase} step`,
      run: () => this.run(phase),
      pending: () => (phase === HANG ? ['job-7'] : []),
    }));
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

@Module({
  imports: [
    CorrelationModule.forRoot({}),
    HealthModule.forRoot({}),
    GracefulShutdownModule.forRoot(JSON.parse(OPTIONS) as object),
  ],
  controllers: [Routes],
  providers: [Steps],
})
class AppModule {}

const adapter = (ADAPTER === 'fastify'
  ? new FastifyAdapter()
  : new ExpressAdapter()) as unknown as AbstractHttpAdapter;
const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn', 'fatal'] });
app.get(GracefulShutdown).attach(app);
await app.listen(Number(PORT), HOST!);
