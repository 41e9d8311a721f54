import 'reflect-metadata';
import { GracefulShutdown, GracefulShutdownModule } from '@loyalnest/graceful-shutdown';
import { HealthModule } from '@loyalnest/health';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';

const { OPTIONS, PORT, HOST } = process.env;

@Controller('work')
class Work {
  @Get(':takesMs')
  async run(@Param('takesMs') takesMs: string): Promise<string> {
    await sleep(Number(takesMs));
    return takesMs;
  }
}

@Module({
  imports: [
    HealthModule.forRoot({}),
    GracefulShutdownModule.forRoot(JSON.parse(OPTIONS!) as object),
  ],
  controllers: [Work],
})
class AppModule {}

const adapter = new FastifyAdapter() as unknown as AbstractHttpAdapter;
const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn', 'fatal'] });
app.get(GracefulShutdown).attach(app);
await app.listen(Number(PORT), HOST!);
