import { SystemClock, type Clock } from '@loyalnest/core';
import {
  Downstream,
  eventually,
  FakeClock,
  forEachPlatform,
  type Answer,
  type RunningApp,
} from '@loyalnest/testing';
import type { IncomingMessage } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { relayApp } from './relay-app.js';

const DEADLINE_MS = 800;
const TIMEOUT_HEADER = 'x-request-timeout-ms';

forEachPlatform((platform) => {
  let services: RunningApp[];
  let partner: Downstream;
  let diary: string[];
  let held: ((answer: Answer) => void)[];
  /** Every request that reached a service, even if refused, with the time left that it was sent. */
  let arrivals: string[];

  /** Three services in a chain; the last one calls the partner. */
  async function start(clock: Clock): Promise<void> {
    diary = [];
    held = [];
    arrivals = [];
    partner = await Downstream.start();
    services = [];
    let next = partner.url;
    for (const name of ['C', 'B', 'A']) {
      const service = await platform.create(relayApp({ name, next, diary, clock }));
      services.unshift(service);
      service.app.getHttpServer().prependListener('request', ({ headers }: IncomingMessage) => {
        arrivals.push(`${name} ${String(headers[TIMEOUT_HEADER])}`);
      });
      next = service.url;
    }
  }

  afterEach(async () => {
    for (const service of services) await service.close();
    await partner.stop();
  });

  const ask = (path: string, leftMs?: number): Promise<Response> =>
    fetch(`${services[0]!.url}/${path}`, {
      headers: leftMs === undefined ? {} : { [TIMEOUT_HEADER]: String(leftMs) },
    });

  const leftAtPartner = (): unknown[] =>
    partner.requests.map(({ headers }) => Number(headers[TIMEOUT_HEADER]));

  const hold = (): void => partner.reply(() => new Promise((answer) => held.push(answer)));

  async function expectGatewayTimeout(response: Response): Promise<void> {
    expect(response.status).toBe(504);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 504 });
  }

  /** Sends a request through the whole chain; a late call would reach the partner before it. */
  async function expectNoFurtherCall(calls: number): Promise<void> {
    partner.answer(200);
    expect((await ask('retried')).status).toBe(200);
    expect(partner.requests).toHaveLength(calls + 1);
  }

  describe('on a fake clock', () => {
    let clock: FakeClock;
    beforeEach(async () => {
      clock = new FakeClock();
      await start(clock);
      hold();
    });

    /** Waits until the partner holds `count` requests; lets sleeps of 0 ms on the way end. */
    const arrived = (count: number): Promise<void> =>
      eventually(
        async () => {
          await clock.advance(0);
          expect(held).toHaveLength(count);
        },
        { every: 1 },
      );

    it('ends nested retries at the deadline of the edge, and passes on the time left', async () => {
      const answer = ask('retried', DEADLINE_MS);
      for (let call = 1; call <= 3; call++) {
        await arrived(call);
        await clock.advance(250);
        held[call - 1]!({ status: 503 });
      }
      // C has used its attempts; B retries.
      await arrived(4);
      expect(leftAtPartner()).toEqual([800, 550, 300, 50]);
      let answered = false;
      void answer.then(() => (answered = true));
      await clock.advance(49);
      // An answer to the first request would have arrived before this one.
      await ask('unknown');
      expect(answered).toBe(false);
      await clock.advance(1);
      await expectGatewayTimeout(await answer);
      await clock.advance(60_000);
      await expectNoFurtherCall(4);
      expect(diary.slice(0, 11)).toEqual([
        'A begins 800',
        'A tries 800',
        'B begins 800',
        'B tries 800',
        'C begins 800',
        'C tries 800',
        'C tries 550',
        'C tries 300',
        'B tries 50',
        'C begins 50',
        'C tries 50',
      ]);
      expect(diary[11]).toBe('A begins undefined');
      expect(arrivals.slice(0, 5)).toEqual(['A 800', 'B 800', 'C 800', 'C 50', 'A undefined']);
    });

    it('allows no call after the deadline, even to code that keeps retrying', async () => {
      const answer = ask('stubborn', DEADLINE_MS);
      for (let call = 1; call <= 8; call++) {
        await arrived(call);
        await clock.advance(100);
        held[call - 1]!({ status: 503 });
      }
      await expectGatewayTimeout(await answer);
      expect(leftAtPartner()).toEqual([800, 700, 600, 500, 400, 300, 200, 100]);
      await clock.advance(60_000);
      await expectNoFurtherCall(8);
      // No request was sent to a service that would only have refused it.
      expect(arrivals.slice(0, 4)).toEqual(['A 800', 'B 800', 'C 800', 'A undefined']);
    });

    it('does nothing for a request whose deadline has passed', async () => {
      await expectGatewayTimeout(await ask('retried', 0));
      expect(diary).toEqual([]);
      expect(partner.requests).toEqual([]);
    });
  });

  it('answers within 10 % of the deadline on the real clock', async () => {
    await start(new SystemClock());
    // Warms up connections and code before the measurement.
    expect((await ask('retried')).status).toBe(200);
    partner.reset();
    partner.reply({ status: 503, delayMs: 150 });
    const took = tookMs(services[0]!);
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    // Answered by the edge, or a moment earlier by a service behind it: headers round to milliseconds.
    await expectGatewayTimeout(await ask('retried', DEADLINE_MS));
    delays.disable();
    // Does not count pauses of a busy machine: all four servers are this process, and one pause may
    // delay the timer, another the answer.
    const pausesMs = (2 * delays.max) / 1e6;
    // A timer may fire a millisecond early.
    expect(await took).toBeGreaterThanOrEqual(DEADLINE_MS - 1);
    expect(await took).toBeLessThanOrEqual(1.1 * DEADLINE_MS + pausesMs);
    // Each call got the time left, less each time.
    const left = leftAtPartner() as number[];
    expect(left.length).toBeGreaterThanOrEqual(3);
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    expect(left[0]).toBeLessThanOrEqual(DEADLINE_MS);
  });
});

/** Time from the arrival of the next request at the service to the last byte of its answer. */
function tookMs({ app }: RunningApp): Promise<number> {
  const server = app.getHttpServer();
  return new Promise((resolve) => {
    server.prependOnceListener('request', (_request: unknown, response: NodeJS.EventEmitter) => {
      const startedAt = performance.now();
      response.once('finish', () => resolve(performance.now() - startedAt));
    });
  });
}
