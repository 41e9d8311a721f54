import { SystemClock } from '@loyalnest/core';
import { eventually, OwnProcess, PostgresServer, RedisServer } from '@loyalnest/testing';
import { join } from 'node:path';
import pg from 'pg';
import { compileApp } from '../../integration/compile-app.ts';
import { openLoop } from '../open-loop.ts';
import { openOffice, QUEUES } from './office.ts';

/** Each switches a protection off, so that the ledger must not balance. */
export const JOB_MUTATIONS = ['no-pause', 'pools-first'] as const;
export type JobMutation = (typeof JOB_MUTATIONS)[number];

export interface RollingJobsPlan {
  /** Jobs per second. */
  readonly rate: number;
  readonly restarts: number;
  /** How to end a worker. A killed worker hands nothing back; its jobs run again elsewhere. */
  readonly signal: 'SIGTERM' | 'SIGKILL';
  /** Concurrency of each of the two workers, for each of the two queues. */
  readonly concurrency: number;
  /** Duration of 2 % of the jobs, longer than a shutdown waits; the others take 20 to 300 ms. */
  readonly longMs: number;
  readonly shutdown: { readonly gracePeriod: number; readonly jobDrain: number };
  readonly mutation?: JobMutation;
}

export interface WorkerRestart {
  readonly exitCode: number | string;
  readonly exitAfterMs: number;
}

export interface JobLedger {
  readonly restarts: readonly WorkerRestart[];
  readonly jobs: number;
  /** Effects of the jobs. `children` counts those of the child job that each of them enqueues. */
  readonly rows: number;
  readonly children: number;
  readonly failed: number;
  /** Jobs or children with more than one effect. */
  readonly twice: number;
  /** Jobs that ran more than once, because they were handed back or killed. */
  readonly rerun: number;
  /** Runs that BullMQ counted as another attempt. Handing a job back must not cause any. */
  readonly attempts: number;
  /** Runs that began during a shutdown. */
  readonly late: number;
  /** What does not balance; empty if nothing was lost. */
  readonly problems: readonly string[];
}

const RESERVE_MS = 2_000;
const LONG_EVERY = 50;
/** Pause between restarts, so that the workers are busy again. */
const BUSY_MS = 700;

const clock = new SystemClock();

/** The servers and the compiled worker, shared by several runs. */
export class RollingJobsSite {
  private readonly postgres: PostgresServer;
  private readonly redis: RedisServer;
  private readonly program: Awaited<ReturnType<typeof compileApp>>;
  private ledgers = 0;

  private constructor(
    postgres: PostgresServer,
    redis: RedisServer,
    program: RollingJobsSite['program'],
  ) {
    this.postgres = postgres;
    this.redis = redis;
    this.program = program;
  }

  static async start(): Promise<RollingJobsSite> {
    const [postgres, redis, program] = await Promise.all([
      PostgresServer.start({ durable: false }),
      RedisServer.start(),
      compileApp(join(import.meta.dirname, 'instance.ts'), ['core', 'queue', 'graceful-shutdown']),
    ]);
    return new RollingJobsSite(postgres, redis, program);
  }

  async stop(): Promise<void> {
    await Promise.all([this.postgres.stop(), this.redis.stop()]);
    this.program.remove();
  }

  /** Restarts the workers one after the other under load, then compares jobs with effects. */
  async run(plan: RollingJobsPlan): Promise<JobLedger> {
    const name = `jobs_${++this.ledgers}`;
    const database = await this.postgres.createDatabase(name);
    const pool = new pg.Pool({ connectionString: database, max: 1 });
    pool.on('error', () => undefined);
    await pool.query(
      'create table runs (job text not null, attempt int not null, late boolean not null);' +
        'create table effects (job text not null); create table children (job text not null)',
    );
    const workers: OwnProcess[] = [];
    const start = async (): Promise<OwnProcess> => {
      const worker = this.startWorker(name, database, plan);
      workers.push(worker);
      await worker.waitForLine(/^ready$/, 60_000);
      return worker;
    };
    const office = await openOffice(this.redis.url, name, lockMs(plan));
    try {
      const serving = await Promise.all([start(), start()]);
      const ending = new AbortController();
      let jobs = 0;
      const enqueue = async (index: number): Promise<void> => {
        const takesMs = index % LONG_EVERY === 0 ? plan.longMs : 20 + ((index * 37) % 281);
        await office.enqueue(`order-${index}`, takesMs);
        jobs++;
      };
      const loading = openLoop(plan.rate, enqueue, ending.signal);
      const restarts: WorkerRestart[] = [];
      for (let turn = 0; turn < plan.restarts; turn++) {
        await clock.sleep(BUSY_MS);
        const [ended, replacement] = await Promise.all([end(serving[turn % 2]!, plan), start()]);
        restarts.push(ended);
        serving[turn % 2] = replacement;
      }
      ending.abort();
      await loading;
      const ended = async (): Promise<void> => {
        const left = await office.unfinished();
        if (left > 0) throw new Error(`${left} jobs are unfinished`);
      };
      await eventually(ended, { within: '120s', every: '200ms', what: 'the end of all jobs' });
      return await balance(restarts, jobs, pool, await office.failed(), plan);
    } finally {
      await office.close();
      await Promise.all(workers.map((worker) => worker.kill()));
      await pool.end();
    }
  }

  private startWorker(prefix: string, database: string, plan: RollingJobsPlan): OwnProcess {
    return OwnProcess.start({
      name: 'worker',
      command: process.execPath,
      args: [this.program.entry],
      env: {
        ...process.env,
        REDIS_URL: this.redis.url,
        DATABASE_URL: database,
        PREFIX: prefix,
        CONCURRENCY: String(plan.concurrency),
        LOCK_MS: String(lockMs(plan)),
        MUTATION: plan.mutation ?? '',
        ONCE: plan.signal === 'SIGKILL' ? '1' : '',
        OPTIONS: JSON.stringify({
          ...plan.shutdown,
          httpDrain: 0,
          hooks: 1_000,
          close: 1_500,
          flush: 250,
        }),
      },
    });
  }
}

/** Short after a SIGKILL, where a job must first be detected as stalled; else the default. */
function lockMs({ signal }: RollingJobsPlan): number {
  return signal === 'SIGKILL' ? 4_000 : 30_000;
}

async function end(worker: OwnProcess, plan: RollingJobsPlan): Promise<WorkerRestart> {
  const startedAt = clock.monotonic();
  const ended = plan.signal === 'SIGKILL' ? worker.kill() : worker.end(plan.shutdown.gracePeriod);
  const { code, signal } = await ended;
  return {
    exitCode: code ?? String(signal),
    exitAfterMs: Math.round(clock.monotonic() - startedAt),
  };
}

async function balance(
  restarts: readonly WorkerRestart[],
  jobs: number,
  pool: pg.Pool,
  failed: number,
  { signal, shutdown, concurrency }: RollingJobsPlan,
): Promise<JobLedger> {
  const count = async (sql: string): Promise<number> => {
    const { rows } = await pool.query<{ count: number }>(`select count(*)::int as count ${sql}`);
    return rows[0]!.count;
  };
  const rows = await count('from effects');
  const children = await count('from children');
  const twiceIn = (table: string): Promise<number> =>
    count(`from (select from ${table} group by job having count(*) > 1) as doubled`);
  const twice = (await twiceIn('effects')) + (await twiceIn('children'));
  const rerun = await twiceIn('runs');
  const attempts = await count('from runs where attempt > 1');
  const late = await count('from runs where late');
  const isKilled = signal === 'SIGKILL';
  const deadlineMs = shutdown.gracePeriod - RESERVE_MS;
  const lostRuns = restarts.length * concurrency * QUEUES.length;
  const problems = [
    ...(rows === jobs ? [] : [`${jobs} jobs had ${rows} effects`]),
    ...(children === jobs ? [] : [`${jobs} jobs had ${children} children`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(late === 0 ? [] : [`${late} runs began during a shutdown`]),
    ...(twice === 0 ? [] : [`${twice} had two effects`]),
    ...(isKilled || attempts === 0 ? [] : [`${attempts} runs were counted as another attempt`]),
    ...(isKilled && rerun > lostRuns ? [`${rerun} ran twice; expected at most ${lostRuns}`] : []),
    ...(isKilled
      ? []
      : restarts.flatMap(({ exitCode, exitAfterMs }, turn) => [
          ...(exitCode === 0 ? [] : [`restart ${turn + 1} ended with ${exitCode}`]),
          ...(exitAfterMs <= deadlineMs ? [] : [`restart ${turn + 1} took ${exitAfterMs} ms`]),
        ])),
  ];
  return { restarts, jobs, rows, children, failed, twice, rerun, attempts, late, problems };
}
