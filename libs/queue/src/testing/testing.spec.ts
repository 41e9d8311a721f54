import { currentContext, runInContext } from '@loyalnest/core';
import {
  Injectable,
  Module,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type ArgumentsHost,
  type CallHandler,
  type ExecutionContext,
  type INestApplicationContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsInt, Min } from 'class-validator';
import {
  defineJob,
  InvalidPayloadError,
  JobHandler,
  JobProducer,
  type JobContext,
} from '../index.js';
import { JobHarness, QueueTestingModule, RecordedJobs } from './index.js';

class AwardPayload {
  @IsInt()
  @Min(1)
  readonly points!: number;
}
const Award = defineJob('points.award', {
  payload: AwardPayload,
  version: 3,
  attempts: 3,
  backoff: { initial: '2s', jitter: 'none' },
  timeout: '10s',
  expiresAfter: '1h',
  upcast: {
    1: (old: { amount: number }) => ({ value: old.amount }),
    2: (old: { value: number }) => ({ points: old.value }),
  },
});
const Guarded = defineJob('points.guarded', { payload: AwardPayload });

const seen: string[] = [];

@Injectable()
class Journal {
  note(line: string): void {
    seen.push(line);
  }
}

@Injectable()
class NoteGuard {
  constructor(private readonly journal: Journal) {}
  canActivate(context: ExecutionContext): boolean {
    this.journal.note(`guard ${context.getType()} ${context.getHandler().name}`);
    return context.getArgs<[AwardPayload]>()[0].points !== 13;
  }
}
class NoteInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    seen.push('interceptor');
    return next.handle();
  }
}
class DoublePipe {
  transform(payload: AwardPayload): AwardPayload {
    seen.push('pipe');
    return { points: payload.points * 2 };
  }
}
class TolerantFilter {
  catch(error: Error, host: ArgumentsHost): string | undefined {
    seen.push(`filter ${host.getType()} ${error.message}`);
    if (error.message === 'translate') throw new Error('translated');
    return error.message === 'swallow' ? 'handled' : undefined;
  }
}

@Injectable()
class PointsHandler {
  behave: (payload: AwardPayload, job: JobContext) => Promise<unknown> = async () => undefined;

  @JobHandler(Award)
  async award(payload: AwardPayload, job: JobContext): Promise<unknown> {
    return this.behave(payload, job);
  }

  @UseGuards(NoteGuard)
  @UseInterceptors(NoteInterceptor)
  @UsePipes(DoublePipe)
  @UseFilters(TolerantFilter)
  @JobHandler(Guarded)
  async guarded({ points }: AwardPayload, { id, signal }: JobContext): Promise<void> {
    seen.push(`handler ${points} ${typeof id} ${signal.aborted}`);
    if (points === 2) throw new Error('swallow');
    if (points === 4) throw new Error('translate');
    if (points === 6) throw new Error('pass');
  }
}

let app: INestApplicationContext;
let harness: JobHarness;
let handler: PointsHandler;

beforeEach(async () => {
  seen.length = 0;
  @Module({ imports: [QueueTestingModule], providers: [PointsHandler, Journal] })
  class App {}
  app = await NestFactory.createApplicationContext(App, { logger: false });
  harness = app.get(JobHarness);
  handler = app.get(PointsHandler);
});
afterEach(() => app.close());

describe('the harness', () => {
  it('completes a job in the context of its producer', async () => {
    let correlationId: string | undefined;
    handler.behave = async (payload, job) => {
      correlationId = currentContext()?.correlationId;
      expect(payload).toBeInstanceOf(AwardPayload);
      expect(job).toMatchObject({
        attempt: 2,
        attempts: 3,
        lastAttempt: false,
        merchantId: 'shop',
      });
      await job.progress(50);
      await job.log('half');
    };
    const context = { correlationId: 'order-7', merchantId: 'shop' };
    expect(await harness.run(Award, { points: 5 }, { attempt: 2, context })).toEqual({
      outcome: 'completed',
      progress: [50],
      log: ['half'],
    });
    expect(correlationId).toBe('order-7');
  });

  it('returns when a failed job runs again, or that it is dead', async () => {
    handler.behave = async () => {
      throw new Error('down');
    };
    expect(await harness.run(Award, { points: 5 }, { attempt: 2 })).toMatchObject({
      outcome: 'failed',
      retryInMs: 4_000,
    });
    expect(await harness.run(Award, { points: 5 }, { attempt: 3 })).toMatchObject({
      outcome: 'dead',
      reason: 'exhausted',
      error: { message: 'down' },
    });
  });

  it('ends a run at its time limit and aborts its signal', async () => {
    let signal: AbortSignal | undefined;
    handler.behave = (_payload, job) => {
      ({ signal } = job);
      return new Promise(() => {});
    };
    const run = harness.run(Award, { points: 5 });
    await harness.clock.advance(10_000);
    expect(await run).toMatchObject({ outcome: 'failed', error: { code: 'JOB_TIMEOUT' } });
    expect(signal?.aborted).toBe(true);
  });

  it.each([
    ['invalid', { payload: { points: 0 } }],
    ['expired', { payload: { points: 1 }, ageMs: 3_600_001 }],
    ['poison', { payload: { points: 1 }, crashes: 2 }],
    ['invalid', { payload: { points: 1 }, version: 0 }],
  ] as const)('rejects a job as %s as a worker does', async (reason, stored) => {
    let runs = 0;
    handler.behave = async () => runs++;
    expect(await harness.runStored(Award, stored)).toMatchObject({ outcome: 'dead', reason });
    expect(runs).toBe(0);
  });

  it('upcasts old payloads step by step before it checks them', async () => {
    let points = 0;
    handler.behave = async (payload) => {
      ({ points } = payload);
    };
    await harness.runStored(Award, { version: 1, payload: { amount: 7 } });
    expect(points).toBe(7);
  });

  it('postpones a job that it does not know yet', async () => {
    const Newer = { ...Award, version: 4 };
    expect(await harness.run(Newer, { points: 1 })).toMatchObject({ outcome: 'postponed' });
  });
});

describe('the enhancers of a handler', () => {
  it('run in the order of Nest, and pipes get only the payload', async () => {
    expect(await harness.run(Guarded, { points: 4 })).toMatchObject({ outcome: 'completed' });
    expect(seen).toEqual(['guard job guarded', 'interceptor', 'pipe', 'handler 8 string false']);
  });

  it('can refuse a run with a guard', async () => {
    expect(await harness.run(Guarded, { points: 13 })).toMatchObject({
      outcome: 'failed',
      error: { message: 'Forbidden resource' },
    });
  });

  it.each([
    [1, { outcome: 'completed' }],
    [2, { outcome: 'failed', error: { message: 'translated' } }],
    [3, { outcome: 'failed', error: { message: 'pass' } }],
  ])('swallow, translate or pass an error by a filter (%p)', async (points, expected) => {
    expect(await harness.run(Guarded, { points })).toMatchObject(expected);
    expect(seen.at(-1)).toMatch(/^filter job/);
  });
});

describe('recorded jobs', () => {
  it('replace JobProducer and keep the enqueued jobs', async () => {
    const jobs = app.get(JobProducer);
    await runInContext({ correlationId: 'order-7', merchantId: 'shop' }, () =>
      jobs.enqueue(Award, { points: 5 }, { idempotencyKey: 'a', delay: '1s', priority: 3 }),
    );
    const again = await jobs.enqueue(Award, { points: 6 }, { idempotencyKey: 'a' });
    expect(again.outcome).toBe('duplicate');
    expect(app.get(RecordedJobs).of(Award)).toEqual([
      {
        id: again.id,
        name: 'points.award',
        payload: { points: 5 },
        delayMs: 1_000,
        priority: 3,
        correlationId: 'order-7',
        merchantId: 'shop',
      },
    ]);
  });

  it('refuse an invalid payload as JobProducer does', async () => {
    await expect(app.get(JobProducer).enqueue(Award, { points: 0 })).rejects.toThrow(
      InvalidPayloadError,
    );
    const many = app
      .get(JobProducer)
      .enqueueMany(Award, [{ payload: { points: 1 } }, { payload: { points: 0 } }]);
    await expect(many).rejects.toThrow(InvalidPayloadError);
    expect(app.get(RecordedJobs).all).toEqual([]);
  });
});
