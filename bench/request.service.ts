// A service that accepts orders, with the modules of the variant in the first argument, on the adapter
// in the second. request.ts starts it and asks for its processor time.
import { CorrelationModule } from '@loyalnest/correlation';
import { GracefulShutdown, GracefulShutdownModule } from '@loyalnest/graceful-shutdown';
import { HealthModule } from '@loyalnest/health';
import {
  HttpClientModule,
  ProblemDetailsModule,
  RequestDeadlineModule,
  ValidationModule,
} from '@loyalnest/http';
import { LoggingModule, MetricsModule } from '@loyalnest/observability';
import { TracingModule } from '@loyalnest/observability/tracing';
import { ResilienceModule } from '@loyalnest/resilience';
import { ThrottlingModule } from '@loyalnest/throttling';
import { Body, Controller, Module, Post, type ModuleMetadata } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IsInt, IsString, Min } from 'class-validator';
import { LoggerModule } from 'nestjs-pino';
import { destination } from 'pino';
import type { Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';

const [variant = '', adapterName = '', logFile = ''] = process.argv.slice(2);
const service = 'orders';
const logTo = () => destination({ dest: logFile, sync: false });

type Imports = NonNullable<ModuleMetadata['imports']>;

const context = () => CorrelationModule.forRoot({ defaultTimeout: '4s' });
const defaults = (): Imports => [
  context(),
  LoggingModule.forRoot({ service, destination: logTo() }),
  MetricsModule.forRoot({ service }),
  ProblemDetailsModule.forRoot({}),
  RequestDeadlineModule.forRoot({}),
  ValidationModule,
  HttpClientModule.forRoot({}),
  ResilienceModule.forRoot({}),
  HealthModule.forRoot({}),
  GracefulShutdownModule.forRoot({}),
];
const throttling = (url?: string) =>
  ThrottlingModule.forRoot({
    ...(url && { url }),
    trustProxy: false,
    merchant: () => 'demo.myshopify.com',
    limits: [
      { name: 'ip', by: 'ip', limit: 1e6, per: '1s' },
      { name: 'merchant', by: 'merchant', limit: 1e6, per: '1s' },
    ],
  });
const tracing = (sampled: number) =>
  TracingModule.forRoot({
    service,
    sampling: { ratio: sampled },
    exporter: {
      export: (_spans, done) => done({ code: 0 }),
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  });

const VARIANTS: Readonly<Record<string, () => Imports>> = {
  bare: () => [],
  // A service that only logs its requests.
  'bare-with-log': () => [
    // With the default routes it logs nothing on Fastify.
    LoggerModule.forRoot({ pinoHttp: { stream: logTo() }, forRoutes: ['{*path}'] }),
  ],
  context: () => [context()],
  'access-log': () => [LoggingModule.forRoot({ service, destination: logTo() })],
  metrics: () => [MetricsModule.forRoot({ service })],
  validation: () => [ValidationModule],
  deadline: () => [context(), RequestDeadlineModule.forRoot({})],
  throttling: () => [throttling()],
  'throttling-redis': () => [throttling(process.env['REDIS_URL'])],
  defaults,
  'defaults-tracing-1-in-10': () => [...defaults(), tracing(0.1)],
  'defaults-tracing-all': () => [...defaults(), tracing(1)],
};

class Order {
  readonly orderId!: string;
  readonly points!: number;
}

class OrdersController {
  accept(order: Order): { readonly accepted: string } {
    return { accepted: order.orderId };
  }
}

class AppModule {}

// Node only strips types from this file and does not support decorators.
IsString()(Order.prototype, 'orderId');
IsInt()(Order.prototype, 'points');
Min(1)(Order.prototype, 'points');
const { prototype } = OrdersController;
Controller('orders')(OrdersController);
Post()(prototype, 'accept', Object.getOwnPropertyDescriptor(prototype, 'accept')!);
Body()(prototype, 'accept', 0);
Reflect.defineMetadata('design:paramtypes', [Order], prototype, 'accept');
Module({ imports: VARIANTS[variant]!(), controllers: [OrdersController] })(AppModule);

const adapter =
  adapterName === 'express'
    ? new ExpressAdapter()
    : (new FastifyAdapter() as unknown as AbstractHttpAdapter);
const app = await NestFactory.create(AppModule, adapter, { logger: false });
if (variant.startsWith('defaults')) app.get(GracefulShutdown).attach(app);
await app.listen(0, '127.0.0.1');
// Connections are idle while the other variants are measured.
(app.getHttpServer() as Server).keepAliveTimeout = 0;
await setImmediate();
process.on('message', () => process.send!(process.cpuUsage()));
process.on('disconnect', () => process.exit());
process.send!(await app.getUrl());
