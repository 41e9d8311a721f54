import type { Duration } from '@loyalnest/core';
import { GracefulShutdown, GracefulShutdownModule } from '@loyalnest/graceful-shutdown';
import { defineJob, JobHandler, queue, QueueModule, type JobContext } from '@loyalnest/queue';
import {
  Injectable,
  Module,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import { Redis } from 'ioredis';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const { REDIS_URL, DATABASE_URL, PREFIX, DEATHS, CONCURRENCY = '1' } = process.env;
const { LOCK = '1s', HOLDS } = process.env;
const STEPS = ['taken', 'handling', 'effect', 'settling', 'settled'] as const;
type Step = (typeof STEPS)[number];

class EffectPayload {
  @IsString()
  readonly event!: string;

  /** The step at which the process is killed, once for each event. */
  @IsOptional()
  @IsIn(STEPS)
  readonly dies?: Step;

  /** Number of runs that fail. */
  @IsOptional()
  @IsInt()
  readonly failures?: number;

  /** Duration of a run; its effect happens halfway. */
  @IsOptional()
  @IsInt()
  readonly takesMs?: number;
}

const Effect = defineJob('effects.apply', {
  payload: EffectPayload,
  attempts: 2,
  backoff: { initial: 1, max: 1, jitter: 'none' },
});

/** The payload of the run that has just ended, if it must still die. */
let ending: EffectPayload | undefined;

function die(at: Step, { event, dies }: EffectPayload): void {
  if (dies !== at || DEATHS === undefined) return;
  try {
    writeFileSync(join(DEATHS, event), at, { flag: 'wx' });
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}

// The first command after a run reports its outcome to Redis.
const { sendCommand } = Redis.prototype;
Redis.prototype.sendCommand = function (this: Redis, ...args) {
  const payload = ending;
  ending = undefined;
  if (payload) die('settling', payload);
  const answered = sendCommand.apply(this, args) as Promise<unknown>;
  if (payload) answered.then(() => die('settled', payload)).catch(() => undefined);
  return answered;
};

/** Runs before the handler, like the code of BullMQ and the module. */
class DiesBeforeHandler implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    die('taken', context.getArgByIndex<EffectPayload>(0));
    return true;
  }
}

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(CONCURRENCY) });
pool.on('error', () => undefined);

@Injectable()
class EffectHandler {
  @UseGuards(DiesBeforeHandler)
  @JobHandler(Effect)
  async apply(payload: EffectPayload, job: JobContext): Promise<void> {
    const { event, failures = 0, takesMs = 0 } = payload;
    const fails = job.attempt <= failures;
    // A failing job dies in its last failing run, any other in its first run.
    const dying = job.attempt === Math.max(1, failures) ? payload : undefined;
    try {
      if (dying) die('handling', dying);
      await pool.query('insert into runs (event, attempt) values ($1, $2)', [event, job.attempt]);
      console.log('at work');
      await sleep(takesMs / 2);
      if (fails) throw new Error('told to fail');
      if (HOLDS) await untilAborted(job);
      await pool.query('insert into effects (event) values ($1) on conflict do nothing', [event]);
      await sleep(takesMs / 2);
      if (dying) die('effect', dying);
    } finally {
      ending = dying?.dies ? dying : undefined;
    }
  }
}

async function untilAborted({ signal }: JobContext): Promise<void> {
  await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

@Module({
  imports: [
    GracefulShutdownModule.forRoot({ jobDrain: '300ms' }),
    QueueModule.forRoot({ url: REDIS_URL!, prefix: PREFIX! }),
    QueueModule.forFeature(
      queue('effects', { concurrency: Number(CONCURRENCY), lock: LOCK as Duration }),
    ),
  ],
  providers: [EffectHandler],
})
class EffectsApp {}

const app = await NestFactory.create(EffectsApp, { logger: false });
app.get(GracefulShutdown).attach(app);
await app.init();
console.log('ready');
