// A service that accepts orders, with the modules of the variant in the first argument, on the adapter
// in the second. request.ts starts it and asks for its processor time.
import { GracefulShutdown } from '@loyalnest/graceful-shutdown';
import {
  HttpServerModule,
  InputLimitsModule,
  OverloadModule,
  RequestDeadlineModule,
  ValidationModule,
} from '@loyalnest/http';
import { LoggingModule, MetricsModule } from '@loyalnest/observability';
import { TracingModule } from '@loyalnest/observability/tracing';
import { ThrottlingModule } from '@loyalnest/throttling';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IsInt, IsString, Min } from 'class-validator';
import { LoggerModule } from 'nestjs-pino';
import type { Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { context, defaultModules, logTo, type Imports } from './defaults.modules.ts';

const [variant = '', adapterName = '', logFile = ''] = process.argv.slice(2);
const service = 'orders';

const defaults = () => defaultModules({ service, logFile, requestTimeout: '4s' });
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
    LoggerModule.forRoot({ pinoHttp: { stream: logTo(logFile) }, forRoutes: ['{*path}'] }),
  ],
  context: () => [context('4s')],
  'access-log': () => [LoggingModule.forRoot({ service, destination: logTo(logFile) })],
  metrics: () => [MetricsModule.forRoot({ service })],
  validation: () => [ValidationModule],
  deadline: () => [context('4s'), RequestDeadlineModule.forRoot({})],
  'server-limits': () => [HttpServerModule.forRoot({})],
  'input-limits': () => [InputLimitsModule.forRoot({})],
  'load-shedding': () => [OverloadModule.forRoot({})],
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
