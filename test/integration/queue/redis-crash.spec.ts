import { QueueUnavailableError } from '@loyalnest/queue';
import { eventually } from '@loyalnest/testing';
import { Effect, EffectsSite, idOf, type EffectsQueue } from './effects-site.js';
import { startWorker } from './worker-fleet.js';

const JOBS = 5_000;
/** Jobs that are enqueued at the same time. */
const PRODUCERS = 50;
const WORKERS = 2;
const events = Array.from({ length: JOBS }, (_none, i) => `event-${String(i).padStart(4, '0')}`);

type Workers = readonly ReturnType<typeof startWorker>[];

let site: EffectsSite;
let effects: EffectsQueue;
let workers: Workers;

async function start(appendfsync: 'always' | 'everysec'): Promise<void> {
  site = await EffectsSite.start({ appendOnly: true, settings: { appendfsync } });
  effects = await site.open('{effects}');
  workers = Array.from({ length: WORKERS }, () =>
    startWorker(...effects.worker({ CONCURRENCY: '10' })),
  );
  await Promise.all(workers.map((worker) => worker.waitForLine(/ready/, 20_000)));
}

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await site.stop();
});

interface Enqueueing {
  /** When Redis had each of the events, by the answer to `enqueue`. */
  readonly acknowledged: Map<string, number>;
  readonly refused: { readonly event: string; readonly error: unknown; readonly afterMs: number }[];
  /** Resolves when all were tried once. */
  readonly tried: Promise<unknown>;
}

/** Enqueues all events, each once, and notes every answer. */
function enqueueAll(): Enqueueing {
  const acknowledged = new Map<string, number>();
  const refused: Enqueueing['refused'] = [];
  const left = events.values();
  const produce = async (): Promise<void> => {
    for (const event of left) {
      const startedAt = performance.now();
      try {
        await effects.producer.enqueue(Effect, { event, takesMs: 2 }, { idempotencyKey: event });
        acknowledged.set(event, performance.now());
      } catch (error) {
        refused.push({ event, error, afterMs: performance.now() - startedAt });
      }
    }
  };
  const tried = Promise.all(Array.from({ length: PRODUCERS }, produce));
  return { acknowledged, refused, tried };
}

it.each(['always', 'everysec'] as const)(
  'Redis that is killed under 5,000 jobs, with appendfsync %s',
  async (appendfsync) => {
    await start(appendfsync);
    const { acknowledged, refused, tried } = enqueueAll();
    await eventually(() => acknowledged.size > 2_000, { within: '20s', every: '5ms' });
    await site.redis.kill();
    const killedAt = performance.now();
    await tried;
    console.log(
      appendfsync,
      acknowledged.size,
      refused.length,
      Math.max(...refused.map((r) => r.afterMs)),
      performance.now() - killedAt,
    );
    const odd = refused.filter(({ error }) => !(error instanceof QueueUnavailableError));
    expect(odd).toEqual([]);
    await site.redis.restart();
    const restartedAt = performance.now();
    const [one] = events.filter((event) => !acknowledged.has(event));
    await eventually(async () => {
      await effects.producer.enqueue(Effect, { event: one!, takesMs: 2 }, { idempotencyKey: one! });
    });
    console.log('producer back', performance.now() - restartedAt);
    const astray = await effects.audit.astray([...acknowledged.keys()].map(idOf), [
      'wait',
      'active',
      'completed',
    ]);
    console.log('lost', astray.length, astray.slice(0, 3));
    for (const { event } of refused)
      await effects.producer.enqueue(Effect, { event, takesMs: 2 }, { idempotencyKey: event });
    console.log(
      refused
        .filter((r) => r.afterMs > 400)
        .map((r) => [r.event, r.afterMs, String((r.error as Error).cause)])
        .slice(0, 10),
    );
    for (let i = 0; i < 15; i++) {
      console.log(
        i,
        await effects.bull.getJobCounts(),
        await site.ledger.runCount(),
        workers.map((w) => w.lastLines(3)),
      );
      await new Promise((r) => setTimeout(r, 1000));
    }
    await effects.settled(events, '30s', ['completed']);
    console.log(
      'all',
      performance.now() - restartedAt,
      await site.ledger.runCount(),
      (await site.ledger.effects()).length,
      workers.map((w) => w.running),
    );
  },
  60_000,
);
