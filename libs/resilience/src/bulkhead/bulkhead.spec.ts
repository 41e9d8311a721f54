import { FakeClock } from '@loyalnest/core/testing';
import fc from 'fast-check';
import { Bulkhead, type BulkheadPermit } from './bulkhead.js';
import { resolveBulkhead, type BulkheadOptions } from './bulkhead.options.js';

function start(options: BulkheadOptions): { bulkhead: Bulkhead; clock: FakeClock } {
  const clock = new FakeClock();
  return { bulkhead: new Bulkhead('sms', resolveBulkhead('test', options), clock), clock };
}

const reasonOf = (error: { reason?: string }): string | undefined => error.reason;

it('rejects calls when all slots are taken and the queue is full', async () => {
  const { bulkhead } = start({ maxConcurrent: 1, maxQueue: 1 });
  await bulkhead.acquire();
  const waiting = bulkhead.acquire();
  await expect(bulkhead.acquire().catch(reasonOf)).resolves.toBe('queue-full');
  bulkhead.update(resolveBulkhead('test', { maxConcurrent: 2, maxQueue: 1 }));
  await waiting;
});

it('serves waiting calls in the order of their arrival', async () => {
  const { bulkhead } = start({ maxConcurrent: 1, maxQueue: 3 });
  const first = await bulkhead.acquire();
  const served: number[] = [];
  const waiting = [1, 2, 3].map((place) =>
    bulkhead.acquire().then((permit) => {
      served.push(place);
      permit.release();
    }),
  );
  first.release();
  await Promise.all(waiting);
  expect(served).toEqual([1, 2, 3]);
});

it('lets no call wait longer than maxWait', async () => {
  const { bulkhead, clock } = start({ maxConcurrent: 1, maxQueue: 1, maxWait: '2s' });
  await bulkhead.acquire();
  const waiting = bulkhead.acquire().catch(reasonOf);
  await clock.advance(2_000);
  await expect(waiting).resolves.toBe('waited-too-long');
  expect(bulkhead.snapshot).toMatchObject({ running: 1, waiting: 0 });
  expect(clock.pendingTimers).toBe(0);
});

it('counts a permit once, however often it is released', async () => {
  const { bulkhead } = start({ maxConcurrent: 2 });
  const [one] = [await bulkhead.acquire(), await bulkhead.acquire()];
  one.release();
  one.release();
  expect(bulkhead.snapshot.running).toBe(1);
});

it('does not let new calls overtake waiting ones', async () => {
  const { bulkhead } = start({ maxConcurrent: 1, maxQueue: 2 });
  const first = await bulkhead.acquire();
  const waiting = bulkhead.acquire();
  first.release();
  expect(bulkhead.tryAcquire()).toBeUndefined();
  (await waiting).release();
  expect(bulkhead.tryAcquire()).toBeDefined();
});

type Step =
  | { readonly do: 'acquire' }
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'change'; readonly maxConcurrent: number; readonly maxQueue: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'acquire' } as const) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(1_500) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      maxConcurrent: fc.integer({ min: 1, max: 5 }),
      maxQueue: fc.nat(5),
    }),
  },
);

it('never loses or invents a permit, whatever calls acquire, release, abort, time out or change', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { bulkhead, clock } = start({ maxConcurrent: 2, maxQueue: 3 });
      const held: BulkheadPermit[] = [];
      const callers: AbortController[] = [];
      let pending = 0;
      let limit = 2;
      for (const current of steps) {
        if (current.do === 'acquire') {
          const caller = new AbortController();
          callers.push(caller);
          pending++;
          void bulkhead
            .acquire(caller.signal)
            .then((permit) => held.push(permit))
            .catch(() => {})
            .finally(() => pending--);
        } else if (current.do === 'release') {
          held.splice(current.which % (held.length || 1), 1)[0]?.release();
        } else if (current.do === 'abort') {
          callers[current.which % (callers.length || 1)]?.abort(new Error('gone'));
        } else if (current.do === 'wait') {
          await clock.advance(current.ms);
        } else {
          limit = current.maxConcurrent;
          bulkhead.update(resolveBulkhead('test', current));
        }
        await new Promise((turn) => setImmediate(turn));
        const { running, waiting } = bulkhead.snapshot;
        expect(running).toBe(held.length);
        expect(waiting).toBe(pending);
        if (running < limit) expect(waiting).toBe(0);
      }
      for (let turn = 0; turn < 20; turn++) {
        for (const permit of held.splice(0)) permit.release();
        await new Promise((done) => setImmediate(done));
      }
      expect(bulkhead.snapshot).toMatchObject({ running: 0, waiting: 0 });
      expect(clock.pendingTimers).toBe(0);
    }),
    { numRuns: 150 },
  );
});
