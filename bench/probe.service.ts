// A service with the health pages and a handler that answers a constant, on the adapter that the
// argument names. probe.ts starts it and asks for its processor time.
import { CHECK_HEALTH, type HealthContributor, type HealthObservation } from '@loyalnest/core';
import { HealthModule, HealthSampler } from '@loyalnest/health';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { setImmediate } from 'node:timers/promises';

const CHECKS = ['postgres', 'redis:cache', 'redis:queue', 'queues', 'outbox', 'circuit-breakers'];

class Dependency implements HealthContributor {
  readonly healthCheck: { readonly name: string; readonly critical: boolean };

  constructor(name: string) {
    this.healthCheck = { name, critical: false };
  }

  [CHECK_HEALTH](): HealthObservation {
    return { status: 'up' };
  }
}

class ConstantController {
  answer(): { readonly status: string } {
    return { status: 'ok' };
  }
}

class AppModule {}

// Node only strips types from this file and does not support decorators.
const { prototype } = ConstantController;
Controller('constant')(ConstantController);
Get()(prototype, 'answer', Object.getOwnPropertyDescriptor(prototype, 'answer')!);
Module({
  imports: [HealthModule.forRoot({})],
  controllers: [ConstantController],
  providers: CHECKS.map((name) => ({ provide: name, useValue: new Dependency(name) })),
})(AppModule);

const adapter =
  process.argv[2] === 'express'
    ? new ExpressAdapter()
    : (new FastifyAdapter() as unknown as AbstractHttpAdapter);
const app = await NestFactory.create(AppModule, adapter, { logger: false });
await app.listen(0, '127.0.0.1');
while (!app.get(HealthSampler).isReady) await setImmediate();
process.on('message', () => process.send!(process.cpuUsage()));
process.on('disconnect', () => process.exit());
process.send!(await app.getUrl());
