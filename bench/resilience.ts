// What the resilience policies cost relative to the calls that they protect. All candidates of a
// comparison run in turn in one process; see resilience.blocks.ts.
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Opossum from 'opossum';
import type { Figure, Topic } from './figure.js';
import { nsPerCall } from './resilience.blocks.ts';
import { DOWN, noop, startSubject, type Subject } from './resilience.subjects.ts';

const IDLE_BREAKERS = 10_000;
const SOAK_CALLS = 1_000_000;
const LOAD_PER_MS = 10;
const LOAD_MS = 3_000;

const resilience: Topic = async () => {
  const { app, subject, registry } = await startSubject();
  try {
    const closed = await measureClosed(subject);
    const four = await measureFour(subject);
    registry.get('open')!.force('forced-open');
    const open = await measureOpen(subject);
    const failing = await measureFailing(subject);
    const idle = await measureIdle(subject);
    const p99Ms = await measureLoad(subject);
    const soakMib = await measureSoak(subject);
    return [
      figure('closed', closed['breaker']! / closed['bare']!, 'x bare await', '<=', 3),
      figure('closed-opossum-fire', closed['opossum']! / closed['breaker']!, 'x ours', '>=', 1),
      figure('four-policies', four['four']! / four['bare']!, 'x bare await', '<=', 20),
      figure('four-cockatiel-wrap', four['cockatiel']! / four['four']!, 'x ours', '>=', 8),
      figure('open', open['ours']! / open['prebuilt']!, 'x throwing', '<=', 2.5),
      figure('open-opossum-fire', open['opossum']! / open['ours']!, 'x ours', '>=', 1),
      figure(
        'failing-100000-in-window',
        failing['busy']! / failing['quiet']!,
        'x with 100',
        '<=',
        1.2,
      ),
      figure('idle-breaker', idle.kib, 'KiB', '<=', 6),
      figure('idle-timers', idle.timers, 'timers', '<=', 0),
      figure('p99-half-failing', p99Ms, 'ms', '<=', 25),
      figure('soak-1000000-calls', soakMib, 'MiB grown', '<=', 1),
    ];
  } finally {
    await app.close();
  }
};

export default resilience;

function figure(
  name: string,
  value: number,
  unit: string,
  direction: '<=' | '>=',
  bar: number,
): Figure {
  return { name: `resilience/${name}`, value, unit, direction, bar };
}

function measureClosed(subject: Subject) {
  const opossum = new Opossum(noop);
  const measured = nsPerCall(
    {
      bare: () => subject.bare(),
      breaker: () => subject.breaker(),
      opossum: () => opossum.fire(),
    },
    2_000,
  );
  return measured.finally(() => opossum.shutdown());
}

/** All candidates use real timers. */
function measureFour(subject: Subject) {
  const everything = wrap(
    retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(5) }),
    timeout(10_000, TimeoutStrategy.Aggressive),
    bulkhead(100),
  );
  return nsPerCall(
    {
      bare: () => subject.bare(),
      four: () => subject.four(),
      cockatiel: () => everything.execute(noop),
    },
    2_000,
  );
}

function measureOpen(subject: Subject) {
  const opossum = new Opossum(noop);
  opossum.open();
  const throwing = async (): Promise<never> => {
    throw DOWN;
  };
  const measured = nsPerCall(
    {
      prebuilt: () => throwing().catch(ignore),
      ours: () => subject.open().catch(ignore),
      opossum: () => opossum.fire().catch(ignore),
    },
    2_000,
  );
  return measured.finally(() => opossum.shutdown());
}

async function measureFailing(subject: Subject) {
  for (let i = 0; i < 100_000; i++) await subject.failingBusy().catch(ignore);
  for (let i = 0; i < 100; i++) await subject.failing().catch(ignore);
  return nsPerCall(
    {
      quiet: () => subject.failing().catch(ignore),
      busy: () => subject.failingBusy().catch(ignore),
    },
    // Few enough calls to keep the quiet window far below the busy one.
    200,
  );
}

async function measureIdle(subject: Subject): Promise<{ kib: number; timers: number }> {
  const timersBefore = timers();
  const bytesBefore = bytesInUse();
  for (let i = 0; i < IDLE_BREAKERS; i++) await subject.keyed(`host-${i}`);
  const kib = (bytesInUse() - bytesBefore) / 1_024 / IDLE_BREAKERS;
  return { kib, timers: timers() - timersBefore };
}

/** 10,000 calls per second, half of which fail and may be retried. */
async function measureLoad(subject: Subject): Promise<number> {
  const latenciesMs: number[] = [];
  const calls: Promise<void>[] = [];
  const call = async (): Promise<void> => {
    const startedAt = performance.now();
    await subject.half().catch(ignore);
    latenciesMs.push(performance.now() - startedAt);
  };
  const startedAt = performance.now();
  for (let made = 0; ;) {
    const elapsedMs = performance.now() - startedAt;
    for (; made < elapsedMs * LOAD_PER_MS; made++) calls.push(call());
    if (elapsedMs >= LOAD_MS) break;
    await new Promise((turn) => setTimeout(turn, 1));
  }
  await Promise.all(calls);
  return latenciesMs.toSorted((a, b) => a - b)[Math.floor(latenciesMs.length * 0.99)]!;
}

async function measureSoak(subject: Subject): Promise<number> {
  for (let i = 0; i < 10_000; i++) await subject.four();
  const bytesBefore = bytesInUse();
  for (let i = 0; i < SOAK_CALLS; i++) await subject.four();
  return Math.max(0, bytesInUse() - bytesBefore) / 1_024 / 1_024;
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function ignore(): void {}
