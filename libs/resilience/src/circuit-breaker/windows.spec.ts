import { FakeClock } from '@loyalnest/core/testing';
import fc from 'fast-check';
import type { CallWindow, WindowCounts } from './call-window.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { resolveCircuitBreaker } from './circuit-breaker.options.js';
import type { CallPermit } from './call-permit.js';
import { CountWindow } from './count-window.js';
import { TimeWindow } from './time-window.js';

interface Recorded {
  readonly atMs: number;
  readonly failed: boolean;
  readonly slow: boolean;
}

const call = fc.record({
  afterMs: fc.oneof(fc.nat(50), fc.nat(2_000), fc.nat(30_000)),
  failed: fc.boolean(),
  slow: fc.boolean(),
});

function count(calls: readonly Recorded[]): WindowCounts {
  return {
    calls: calls.length,
    failures: calls.filter(({ failed }) => failed).length,
    slowCalls: calls.filter(({ slow }) => slow).length,
  };
}

async function checkAgainst(
  window: CallWindow,
  clock: FakeClock,
  calls: readonly { afterMs: number; failed: boolean; slow: boolean }[],
  remembered: (all: readonly Recorded[], nowMs: number) => readonly Recorded[],
): Promise<void> {
  const all: Recorded[] = [];
  let nowMs = 0;
  for (const { afterMs, failed, slow } of calls) {
    await clock.advance(afterMs);
    nowMs += afterMs;
    window.record(failed, slow);
    all.push({ atMs: nowMs, failed, slow });
    expect(window.counts).toEqual(count(remembered(all, nowMs)));
  }
}

it('a time window counts what a naive model counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 25 }),
      fc.integer({ min: 1, max: 12 }),
      async (calls, buckets) => {
        const clock = new FakeClock();
        const bucketMs = 10_000 / buckets;
        const bucket = (ms: number): number => Math.floor(ms / bucketMs);
        await checkAgainst(new TimeWindow(10_000, buckets, clock), clock, calls, (all, nowMs) =>
          all.filter(({ atMs }) => bucket(atMs) > bucket(nowMs) - buckets),
        );
      },
    ),
    { numRuns: 60 },
  );
});

it('a call window counts what a naive model counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      async (calls, size) => {
        const clock = new FakeClock();
        const atOnce = calls.map((one) => ({ ...one, afterMs: 0 }));
        await checkAgainst(new CountWindow(size), clock, atOnce, (all) => all.slice(-size));
      },
    ),
    { numRuns: 60 },
  );
});

type Step =
  | { readonly do: 'admit' | 'open' | 'close' | 'release' }
  | { readonly do: 'succeed' | 'fail' | 'ignore'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'force'; readonly state: 'forced-open' | 'forced-closed' | 'metrics-only' }
  | { readonly do: 'change'; readonly halfOpenProbes: number; readonly minimumCalls: number };

const breakerStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ do: 'admit' } as const) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('succeed' as const, 'fail' as const, 'ignore' as const),
      which: fc.nat(30),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('open' as const, 'close' as const, 'release' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('force' as const),
      state: fc.constantFrom(
        'forced-open' as const,
        'forced-closed' as const,
        'metrics-only' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      halfOpenProbes: fc.integer({ min: 1, max: 4 }),
      minimumCalls: fc.integer({ min: 1, max: 5 }),
    }),
  },
);

it('no sequence of calls, results, commands and changes leaves a breaker stuck', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(breakerStep, { maxLength: 60 }), async (steps) => {
      const clock = new FakeClock();
      const options = { minimumCalls: 3, openFor: '30s', probeLease: '5s' } as const;
      const circuit = new CircuitBreaker('sms', resolveCircuitBreaker('test', options), clock);
      const permits: CallPermit[] = [];
      const admit = (): CallPermit | undefined => {
        try {
          return circuit.admit();
        } catch {
          return undefined;
        }
      };
      for (const current of steps) {
        const permit =
          'which' in current ? permits[current.which % (permits.length || 1)] : undefined;
        switch (current.do) {
          case 'admit': {
            const admitted = admit();
            if (admitted) permits.push(admitted);
            break;
          }
          case 'succeed':
            permit?.success();
            break;
          case 'fail':
            permit?.failure(new Error('down'));
            break;
          case 'ignore':
            permit?.ignore();
            break;
          case 'wait':
            await clock.advance(current.ms);
            break;
          case 'force':
            circuit.force(current.state);
            break;
          case 'change':
            circuit.update(resolveCircuitBreaker('test', { ...options, ...current }));
            break;
          default:
            circuit[current.do]();
        }
        const { state, opossum, snapshot } = circuit;
        expect(snapshot.failures).toBeLessThanOrEqual(snapshot.calls);
        if (state === 'open' || state === 'forced-open') expect(opossum.opened).toBe(true);
        if (state === 'half-open') expect(opossum.halfOpen).toBe(true);
        if (state === 'closed') expect(opossum.closed).toBe(true);
      }
      // When the dependency is healthy again, every breaker closes, whatever calls still hang.
      circuit.release();
      await clock.advance(30_000);
      for (let probe = 0; probe < 10 && circuit.state !== 'closed'; probe++) {
        await clock.advance(5_000);
        for (let left = 4; left > 0; left--) admit()?.success();
      }
      expect(circuit.state).toBe('closed');
      circuit.shutdown();
    }),
    { numRuns: 150 },
  );
});
