import { SystemClock } from '@loyalnest/core';
import { PostgresServer, ServiceProcess } from '@loyalnest/testing';
import { join } from 'node:path';
import pg from 'pg';
import { compileApp } from '../../integration/compile-app.ts';
import { openLoop } from '../open-loop.ts';
import { NoRetryBalancer, type Outcome } from './no-retry-balancer.ts';

/** Each switches a protection off, so that the ledger must not balance. */
export const HTTP_MUTATIONS = ['no-delay', 'pools-first', 'forced-close'] as const;
export type HttpMutation = (typeof HTTP_MUTATIONS)[number];

export type Adapter = 'express' | 'fastify';

export interface RollingHttpPlan {
  /** The HTTP adapters of the two instances. */
  readonly adapters: readonly [Adapter, Adapter];
  /** Requests per second. */
  readonly rate: number;
  /** For each restart, how long the balancer keeps sending requests after SIGTERM. */
  readonly removalLagsMs: readonly number[];
  /** Duration of 2 % of the requests; the others take 20 to 300 ms. */
  readonly slowMs: number;
  readonly shutdown: {
    readonly gracePeriod: number;
    readonly propagationDelay: number;
    readonly httpDrain: number;
    readonly hooks: number;
    readonly close: number;
    readonly flush: number;
  };
  readonly mutation?: HttpMutation;
}

export interface Restart {
  readonly adapter: Adapter;
  readonly removalLagMs: number;
  readonly exitCode: number | string;
  readonly exitAfterMs: number;
}

export interface HttpLedger {
  readonly restarts: readonly Restart[];
  readonly requests: number;
  readonly fresh: number;
  readonly slow: number;
  /** Number of answers other than 2xx, by status code or error code. */
  readonly lost: Readonly<Record<string, number>>;
  /** Accepted keys that have an effect. */
  readonly effects: number;
  readonly accepted: number;
  readonly missing: number;
  readonly twice: number;
  /** What does not balance; empty if nothing was lost. */
  readonly problems: readonly string[];
}

/** The reserve that the module keeps before the orchestrator's SIGKILL. */
const RESERVE_MS = 2_000;
/** Odd, and fresh connections alternate in pairs, so round robin gives each instance all kinds. */
const SLOW_EVERY = 49;
const WARM_UP_MS = 500;

const clock = new SystemClock();

/** The servers and the compiled instance, shared by several runs. */
export class RollingHttpSite {
  private readonly postgres: PostgresServer;
  private readonly program: Awaited<ReturnType<typeof compileApp>>;
  private ledgers = 0;

  private constructor(postgres: PostgresServer, program: RollingHttpSite['program']) {
    this.postgres = postgres;
    this.program = program;
  }

  static async start(): Promise<RollingHttpSite> {
    const [postgres, program] = await Promise.all([
      PostgresServer.start({ durable: false }),
      compileApp(join(import.meta.dirname, 'instance.ts'), ['core', 'health', 'graceful-shutdown']),
    ]);
    return new RollingHttpSite(postgres, program);
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    this.program.remove();
  }

  /** Restarts the instances one after the other under load, then compares answers with effects. */
  async run(plan: RollingHttpPlan): Promise<HttpLedger> {
    const database = await this.postgres.createDatabase(`http_${++this.ledgers}`);
    const pool = new pg.Pool({ connectionString: database, max: 1 });
    pool.on('error', () => undefined);
    await pool.query('create table effects (key text not null)');
    const balancer = new NoRetryBalancer();
    const instances: ServiceProcess[] = [];
    try {
      const start = async (adapter: Adapter): Promise<ServiceProcess> => {
        const instance = await this.startInstance(adapter, database, plan);
        instances.push(instance);
        balancer.add(instance.port);
        return instance;
      };
      const serving = await Promise.all(plan.adapters.map(start));
      const load = new Load(balancer, plan);
      const loading = load.start();
      await clock.sleep(WARM_UP_MS);
      const restarts: Restart[] = [];
      for (const [turn, removalLagMs] of plan.removalLagsMs.entries()) {
        const adapter = plan.adapters[turn % 2]!;
        // Like a rolling update: the next instance boots while the old one drains.
        const [ended, replacement] = await Promise.all([
          restart(serving[turn % 2]!, adapter, removalLagMs, balancer, plan),
          start(adapter),
        ]);
        restarts.push(ended);
        serving[turn % 2] = replacement;
      }
      await clock.sleep(WARM_UP_MS);
      load.stop();
      await loading;
      const { rows } = await pool.query<{ key: string; count: number }>(
        'select key, count(*)::int as count from effects group by key',
      );
      return balance(restarts, load, new Map(rows.map(({ key, count }) => [key, count])), plan);
    } finally {
      await Promise.all(instances.map((instance) => instance.kill()));
      balancer.stop();
      await pool.end();
    }
  }

  private startInstance(
    adapter: Adapter,
    database: string,
    { shutdown, mutation }: RollingHttpPlan,
  ): Promise<ServiceProcess> {
    const propagationDelay = mutation === 'no-delay' ? 0 : shutdown.propagationDelay;
    return ServiceProcess.start({
      app: adapter,
      entry: this.program.entry,
      readyWithin: '60s',
      env: {
        ADAPTER: adapter,
        DATABASE_URL: database,
        MUTATION: mutation ?? '',
        DELAY_MS: String(propagationDelay),
        OPTIONS: JSON.stringify({ ...shutdown, propagationDelay }),
      },
    });
  }
}

async function restart(
  instance: ServiceProcess,
  adapter: Adapter,
  removalLagMs: number,
  balancer: NoRetryBalancer,
  { shutdown }: RollingHttpPlan,
): Promise<Restart> {
  const startedAt = clock.monotonic();
  const exited = instance.stop(shutdown.gracePeriod).then((exit) => ({
    exitCode: exit.code ?? String(exit.signal),
    exitAfterMs: Math.round(clock.monotonic() - startedAt),
  }));
  await clock.sleep(removalLagMs);
  balancer.remove(instance.port);
  return { adapter, removalLagMs, ...(await exited) };
}

/** Sends orders at a fixed rate and records their outcomes. */
class Load {
  readonly outcomes = new Map<string, Outcome>();
  fresh = 0;
  slow = 0;
  private readonly ending = new AbortController();
  private readonly balancer: NoRetryBalancer;
  private readonly plan: RollingHttpPlan;

  constructor(balancer: NoRetryBalancer, plan: RollingHttpPlan) {
    this.balancer = balancer;
    this.plan = plan;
  }

  start(): Promise<void> {
    return openLoop(this.plan.rate, (index) => this.order(index), this.ending.signal);
  }

  stop(): void {
    this.ending.abort();
  }

  private async order(index: number): Promise<void> {
    const key = `order-${index}`;
    const isSlow = index % SLOW_EVERY === 0;
    const isFresh = index % 4 >= 2;
    if (isSlow) this.slow++;
    if (isFresh) this.fresh++;
    const takesMs = isSlow ? this.plan.slowMs : 20 + ((index * 37) % 281);
    this.outcomes.set(key, 'no answer');
    const path = `/orders?takesMs=${takesMs}`;
    const headers = { 'idempotency-key': key };
    this.outcomes.set(key, await this.balancer.post({ path, headers, fresh: isFresh }));
  }
}

function balance(
  restarts: readonly Restart[],
  load: Load,
  effects: ReadonlyMap<string, number>,
  { shutdown }: RollingHttpPlan,
): HttpLedger {
  const lost: Record<string, number> = {};
  const accepted: string[] = [];
  for (const [key, outcome] of load.outcomes) {
    if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) accepted.push(key);
    else lost[outcome] = (lost[outcome] ?? 0) + 1;
  }
  const missing = accepted.filter((key) => !effects.has(key)).length;
  const twice = [...effects.values()].filter((count) => count > 1).length;
  const deadlineMs = shutdown.gracePeriod - RESERVE_MS;
  const problems = [
    ...Object.entries(lost).map(([outcome, count]) => `${count} answered ${outcome}`),
    ...(missing > 0 ? [`${missing} accepted without an effect`] : []),
    ...(twice > 0 ? [`${twice} with two effects`] : []),
    ...restarts.flatMap(({ exitCode, exitAfterMs }, turn) => [
      ...(exitCode === 0 ? [] : [`restart ${turn + 1} ended with ${exitCode}`]),
      ...(exitAfterMs <= deadlineMs ? [] : [`restart ${turn + 1} took ${exitAfterMs} ms`]),
    ]),
  ];
  const { fresh, slow, outcomes } = load;
  const applied = accepted.filter((key) => effects.has(key)).length;
  return {
    restarts,
    requests: outcomes.size,
    fresh,
    slow,
    lost,
    effects: applied,
    accepted: accepted.length,
    missing,
    twice,
    problems,
  };
}
