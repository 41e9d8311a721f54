import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { RedisConnectionOptions } from '../src/connection/connection.options.js';
import { queue } from '../src/queue-declaration.js';
import { QueueModule } from '../src/queue.module.js';
import type { QueueModuleOptions } from '../src/queue.options.js';
import { AwardHandler } from './points-app.js';

let prefixes = 0;

/** Applications with one queue, for one kind of connection. */
export class ContractApps {
  private readonly apps: INestApplicationContext[] = [];

  constructor(private readonly connection: RedisConnectionOptions) {}

  async create(options: Partial<QueueModuleOptions> = {}): Promise<INestApplicationContext> {
    @Module({
      imports: [
        QueueModule.forRoot({
          prefix: `{contract-${++prefixes}}`,
          throttling: {
            plans: { basic: { limit: 1_000, per: '1s', burst: 1_000 } },
            planOf: () => 'basic',
          },
          ...this.connection,
          ...options,
        }),
        QueueModule.forFeature(queue('points', { throttled: true, globalConcurrency: 50 })),
      ],
      providers: [AwardHandler],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, {
      logger: false,
      abortOnError: false,
    });
    this.apps.push(app);
    return app;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }
}
