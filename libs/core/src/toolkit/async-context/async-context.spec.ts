import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { currentContext, runInContext } from '../../context/request-context.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { OutageReport } from '../outage/outage-report.js';
import { TimeoutQueue, type Expiring } from '../timers/timeout-queue.js';
import { scheduleInBackground } from './background-timer.js';
import { bindToContext } from './bind-to-context.js';
import { BoundAbortController } from './bound-abort-controller.js';
import { connectOutsideContext } from './connect-outside-context.js';
import { runOutsideContext } from './outside-context.js';

/** Stands for the storage of another library, such as a tracer. */
const other = new AsyncLocalStorage<string>();

const as = <T>(merchantId: string, task: () => T): T =>
  other.run(merchantId, () => runInContext({ correlationId: 'c', merchantId }, task));

const seen = (): (string | undefined)[] => [currentContext()?.merchantId, other.getStore()];

const NOBODY = [undefined, undefined];
const of = (merchantId: string): string[] => [merchantId, merchantId];

it('leaves every context, and returns to it', () => {
  as('acme', () => {
    expect(runOutsideContext(seen)).toEqual(NOBODY);
    expect(seen()).toEqual(of('acme'));
  });
});

it('everything that starts outside of a context stays outside', async () => {
  await as('acme', () =>
    runOutsideContext(async () => {
      await Promise.resolve();
      expect(seen()).toEqual(NOBODY);
    }),
  );
});

it.each([
  ['a fake clock keeps the context of the call', 'call', of('acme')],
  ['a background timer belongs to no call', 'background', NOBODY],
] as const)('%s', async (_title, kind, expected) => {
  const clock = new FakeClock();
  const log: unknown[] = [];
  const task = (): void => void log.push(seen());
  as('acme', () =>
    kind === 'call' ? clock.schedule(task, 10) : scheduleInBackground(clock, task, 10),
  );
  await as('bolt', () => clock.advance(10));
  expect(log).toEqual([expected]);
});

it('each item of a queue expires in its own context, although they share a timer', async () => {
  interface Item extends Expiring<Item> {
    readonly name: string;
  }
  const clock = new FakeClock();
  const log: unknown[] = [];
  const queue = new TimeoutQueue<Item>(clock, (item) => {
    queue.remove(item);
    log.push([item.name, ...seen()]);
  });
  for (const name of ['acme', 'bolt', 'crux']) {
    as(name, () => queue.add({ name, dueAtMs: 10, previous: undefined, next: undefined }));
  }
  queue.add({ name: 'none', dueAtMs: 10, previous: undefined, next: undefined });
  await clock.advance(10);
  await new Promise((done) => setImmediate(done));
  expect(log).toEqual([
    ['acme', ...of('acme')],
    ['bolt', ...of('bolt')],
    ['crux', ...of('crux')],
    ['none', ...NOBODY],
  ]);
});

it('listeners of a bound controller run in its context, whoever aborts', () => {
  const controller = as('acme', () => new BoundAbortController());
  const log: unknown[] = [];
  controller.signal.addEventListener('abort', () => log.push(seen()));
  as('bolt', () => controller.abort(new Error('gone')));
  expect(log).toEqual([of('acme')]);
  expect(controller.signal.reason).toEqual(new Error('gone'));
});

it('listeners of a bound controller run in a context that it enters later', () => {
  const controller = new BoundAbortController();
  const log: unknown[] = [];
  controller.signal.addEventListener('abort', () => log.push(seen()));
  as('acme', () => controller.bindHere());
  as('bolt', () => controller.abort());
  expect(log).toEqual([of('acme')]);
  expect(controller.signal.reason).toMatchObject({ name: 'AbortError' });
});

it('a bound listener keeps its context and gets the values of the emitter', () => {
  const emitter = new EventEmitter();
  const log: unknown[] = [];
  as('acme', () =>
    emitter.on(
      'end',
      bindToContext((value: number) => log.push(value, seen())),
    ),
  );
  as('bolt', () => emitter.emit('end', 7));
  expect(log).toEqual([7, of('acme')]);
});

it('a client that connects on its first command belongs to no call', async () => {
  const log: unknown[] = [];
  const client = connectOutsideContext({
    connect: async (port: number) => {
      log.push(seen());
      return port;
    },
  });
  await expect(as('acme', () => client.connect(7))).resolves.toBe(7);
  expect(log).toEqual([NOBODY]);
});

it('an outage is logged in no context, whichever request discovers it', () => {
  const log: unknown[] = [];
  const note = (): void => void log.push(seen());
  const report = new OutageReport({ warn: note, log: note }, { begin: 'away', end: 'back' });
  as('acme', () => report.begin(new Error('down')));
  as('bolt', () => report.end());
  expect(log).toEqual([NOBODY, NOBODY]);
});
