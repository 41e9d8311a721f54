import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { JobPublisher } from '@loyalnest/core';
import type { Queue } from 'bullmq';
import { QueueConnection } from './connection/queue-connection.js';
import { DeadLetterMaintenance } from './dead-letter/dead-letter-maintenance.js';
import { DeadLetterService } from './dead-letter/dead-letter.service.js';
import { HandlerEnhancers } from './handler/handler-enhancers.js';
import { JobHandlers } from './handler/job-handlers.js';
import { QueueHealth } from './monitoring/queue-health.js';
import { QueueMetrics } from './monitoring/queue-metrics.js';
import { QueueRedisMetrics } from './monitoring/queue-redis-metrics.js';
import { JobProducer } from './producer/job-producer.js';
import { QueueJobPublisher } from './producer/queue-job-publisher.js';
import type { QueueDeclaration } from './queue-declaration.js';
import { QueueRegistry } from './queue-registry.js';
import {
  ConfigurableModuleClass,
  type ASYNC_OPTIONS_TYPE,
  type OPTIONS_TYPE,
} from './queue.module-definition.js';
import { RedriveTasks } from './redrive-tasks/redrive-tasks.js';
import { JobSchedules } from './schedule/job-schedules.js';
import { JobThrottle } from './throttling/job-throttle.js';
import { JobWorkers } from './worker/job-workers.js';

/**
 * Typed jobs on BullMQ. Import `forRoot` once, in the root module: it connects to Redis.
 * `forFeature` declares the queues that a module uses. You can still use `@InjectQueue` and
 * `@Processor` of `@nestjs/bullmq`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    QueueConnection,
    QueueRegistry,
    QueueMetrics,
    QueueRedisMetrics,
    QueueHealth,
    JobThrottle,
    JobProducer,
    JobSchedules,
    HandlerEnhancers,
    JobHandlers,
    JobWorkers,
    DeadLetterService,
    DeadLetterMaintenance,
    RedriveTasks,
    { provide: JobPublisher, useClass: QueueJobPublisher },
  ],
  exports: [
    QueueConnection,
    QueueRegistry,
    JobProducer,
    JobSchedules,
    DeadLetterService,
    RedriveTasks,
    JobPublisher,
  ],
})
export class QueueModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withBullMq(super.forRoot(options));
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withBullMq(super.forRootAsync(options));
  }

  /** Declares queues that this module enqueues to or handles. See `queue`. */
  static forFeature(...queues: readonly QueueDeclaration[]): DynamicModule {
    return {
      module: QueueFeatureModule,
      imports: [
        BullModule.registerQueueAsync(
          ...queues.map(({ name }) => ({
            name,
            inject: [QueueConnection],
            useFactory: (connection: QueueConnection) => connection.producerOptions,
          })),
        ),
      ],
      providers: queues.map((declaration) => ({
        provide: `loyalnest:queue:${declaration.name}`,
        inject: [QueueRegistry, getQueueToken(declaration.name)],
        useFactory: (registry: QueueRegistry, bull: Queue) => registry.register(declaration, bull),
      })),
      exports: [BullModule],
    };
  }
}

/** Gives each `forFeature` call its own imports. */
@Module({})
class QueueFeatureModule {}

function withBullMq(definition: DynamicModule): DynamicModule {
  const shared = BullModule.forRootAsync({
    inject: [QueueConnection],
    useFactory: (connection: QueueConnection) => ({
      connection: connection.sharedConnection,
      prefix: connection.options.prefix,
    }),
  });
  return { ...definition, global: true, imports: [...(definition.imports ?? []), shared] };
}
