import { currentContext } from '@loyalnest/core';
import { RedisServer } from '@loyalnest/testing';
import { getQueueToken } from '@nestjs/bullmq';
import { Injectable, Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { IsInt, Min } from 'class-validator';
import { JobHandler } from '../src/handler/job-handler.decorator.js';
import type { JobContext } from '../src/job/job-context.js';
import { defineJob } from '../src/job/job-definition.js';
import { queue, type QueueDeclarationOptions } from '../src/queue-declaration.js';
import { QueueModule } from '../src/queue.module.js';
import type { QueueModuleOptions } from '../src/queue.options.js';

export class AwardPayload {
  @IsInt()
  @Min(1)
  readonly points!: number;
}

export const Award = defineJob('points.award', {
  payload: AwardPayload,
  attempts: 2,
  backoff: { initial: 1, max: 1, jitter: 'none' },
  timeout: '10s',
});

@Injectable()
export class AwardHandler {
  runs: { points: number; job: JobContext; merchantId: string | undefined }[] = [];
  behave: (payload: AwardPayload, job: JobContext) => Promise<unknown> = async () => undefined;

  @JobHandler(Award)
  async award(payload: AwardPayload, job: JobContext): Promise<unknown> {
    this.runs.push({ points: payload.points, job, merchantId: currentContext()?.merchantId });
    return this.behave(payload, job);
  }
}

export interface PointsAppOptions {
  readonly providers?: readonly Type[];
  readonly prefix?: string;
  readonly queue?: QueueDeclarationOptions;
  readonly module?: Partial<QueueModuleOptions>;
}

let prefixes = 0;

/** Applications with one queue `points` on one Redis, each with its own prefix. */
export class PointsApps {
  private readonly apps: INestApplicationContext[] = [];

  private constructor(readonly redis: RedisServer) {}

  static async start(): Promise<PointsApps> {
    return new PointsApps(await RedisServer.start());
  }

  async create(options: PointsAppOptions = {}): Promise<INestApplicationContext> {
    const { providers = [AwardHandler], prefix = `{points-${++prefixes}}` } = options;
    @Module({
      imports: [
        QueueModule.forRoot({ url: this.redis.url, prefix, ...options.module }),
        QueueModule.forFeature(queue('points', options.queue)),
      ],
      providers: [...providers],
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

export function bullOf(app: INestApplicationContext): Queue {
  return app.get<Queue>(getQueueToken('points'), { strict: false });
}
