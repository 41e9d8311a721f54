import 'reflect-metadata';
import { GracefulShutdown, GracefulShutdownModule, OnDrain } from '@loyalnest/graceful-shutdown';
import { HealthModule } from '@loyalnest/health';
import {
  Controller,
  Headers,
  Injectable,
  Module,
  Post,
  Query,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const { ADAPTER, DATABASE_URL, MUTATION, OPTIONS, DELAY_MS, PORT, HOST } = process.env;
const usesNestHooks = MUTATION === 'forced-close';

/** Stores the effects of orders: one row each time an order is applied. */
@Injectable()
class Effects {
  private readonly pool = new pg.Pool({ connectionString: DATABASE_URL, max: 5 });

  async apply(key: string): Promise<void> {
    await this.pool.query('insert into effects (key) values ($1)', [key]);
  }

  @OnDrain({ phase: MUTATION === 'pools-first' ? 'stop-intake' : 'close-databases' })
  async close(): Promise<void> {
    await this.pool.end();
  }
}

@Controller('orders')
class Orders {
  constructor(private readonly effects: Effects) {}

  @Post()
  async place(
    @Headers('idempotency-key') key: string,
    @Query('takesMs') takesMs: string,
  ): Promise<object> {
    await sleep(Number(takesMs));
    await this.effects.apply(key);
    return { key };
  }
}

/** The mutation without the module: only Nest's hooks, with the same delay before the close. */
@Injectable()
class DelayedClose implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(private readonly effects: Effects) {}

  async beforeApplicationShutdown(): Promise<void> {
    if (usesNestHooks) await sleep(Number(DELAY_MS));
  }

  async onApplicationShutdown(): Promise<void> {
    if (usesNestHooks) await this.effects.close();
  }
}

@Module({
  imports: [
    HealthModule.forRoot({}),
    ...(usesNestHooks ? [] : [GracefulShutdownModule.forRoot(JSON.parse(OPTIONS!) as object)]),
  ],
  controllers: [Orders],
  providers: [Effects, DelayedClose],
})
class AppModule {}

const adapter = (ADAPTER === 'fastify'
  ? new FastifyAdapter({ forceCloseConnections: usesNestHooks })
  : new ExpressAdapter()) as unknown as AbstractHttpAdapter;
const app = await NestFactory.create(AppModule, adapter, {
  logger: ['error', 'warn', 'fatal'],
  ...(usesNestHooks && { forceCloseConnections: true }),
});
if (usesNestHooks) app.enableShutdownHooks();
else app.get(GracefulShutdown).attach(app);
// Must be longer than the load balancer keeps an idle connection.
app.getHttpServer().keepAliveTimeout = 65_000;
await app.listen(Number(PORT), HOST!);
