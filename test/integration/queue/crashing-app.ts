import { defineJob, JobHandler, queue, QueueModule } from '@loyalnest/queue';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsBoolean } from 'class-validator';
import { appendFileSync } from 'node:fs';

class WorkPayload {
  @IsBoolean()
  readonly kills!: boolean;
}

const Work = defineJob('crash.work', { payload: WorkPayload, attempts: 5 });

/** Records each run in a file that survives the process, and kills the process on demand. */
@Injectable()
class WorkHandler {
  @JobHandler(Work)
  async work({ kills }: WorkPayload): Promise<void> {
    appendFileSync(process.env['RUNS']!, kills ? 'killed\n' : 'done\n');
    if (kills) process.kill(process.pid, 'SIGKILL');
  }
}

@Module({
  imports: [
    QueueModule.forRoot({ url: process.env['REDIS_URL']!, prefix: '{crash}' }),
    QueueModule.forFeature(queue('crash', { concurrency: 1, lock: '1s' })),
  ],
  providers: [WorkHandler],
})
class CrashingApp {}

await NestFactory.createApplicationContext(CrashingApp, { logger: false });
