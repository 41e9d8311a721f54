import { parseTraceparent } from '@loyalnest/core/toolkit';
import { Tracing } from '@loyalnest/observability/tracing';
import {
  Downstream,
  eventually,
  forEachPlatform,
  RedisServer,
  type ReceivedRequest,
  type RunningApp,
} from '@loyalnest/testing';
import { getQueueToken } from '@nestjs/bullmq';
import { SchedulerRegistry } from '@nestjs/schedule';
import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Queue } from 'bullmq';
import { orderApp, Orders, Sweeps, type Ordered } from './order-app.js';

const REQUESTS = 100;
const MERCHANTS = 10;

interface Line {
  readonly msg: string;
  readonly correlationId?: string;
  readonly merchant?: string;
  readonly traceId?: string;
  readonly order?: number;
  readonly sweep?: number;
  readonly attempt?: number;
}

interface Caller {
  readonly order: number;
  readonly correlationId: string;
  readonly merchantId: string;
  readonly userId: string;
  readonly traceId: string;
}

const callers: readonly Caller[] = Array.from({ length: REQUESTS }, (_, order) => ({
  order,
  correlationId: `request-${order}`,
  merchantId: `merchant-${order % MERCHANTS}`,
  userId: `user-${order}`,
  traceId: (order + 1).toString(16).padStart(32, '0'),
}));
const callerOf = new Map(callers.map((caller) => [caller.correlationId, caller]));

/** Log lines of one order, with their attempts. The order that reads the catalog has one more. */
const LINES = [
  'takes the order',
  'reserves 1',
  'attempt 1 of Partner.reserve failed 1',
  'reserves 2',
  'asks for a quote',
  'has a quote',
  'has mailed',
  'POST /orders/:order 201',
  'points.award starts 1',
  'awards 1',
  'books',
  'PUT /ledger/:order 200',
  'points.award completed 1',
].toSorted();
const CATALOG = 'reads the catalog 1';

const CALLS = [
  'POST /ledger/:order',
  'POST /mail/:order',
  'POST /quote/:order',
  'POST /reserve/:order',
  'POST /reserve/:order',
];

const SPANS = [
  'Mailer.paid',
  'POST',
  'POST',
  'POST',
  'POST',
  'POST',
  'POST /orders/:order',
  'PUT',
  'PUT /ledger/:order',
  'process points.award',
  'send points.award',
];

// nestjs-pino keeps one root logger per process, from the first application.
const lines: Line[] = [];
const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };

let redis: RedisServer;
let partner: Downstream;
beforeAll(async () => {
  [redis, partner] = await Promise.all([RedisServer.start(), Downstream.start()]);
});
afterAll(() => Promise.all([redis?.stop(), partner?.stop()]));

/** Fails the first reserve attempt of each order. */
function answerAsPartner(): void {
  const refused = new Set<string>();
  partner.reset();
  partner.reply(({ path, headers }) => {
    if (path === '/catalog') return { body: { of: headers['x-merchant-id'] } };
    if (!path.startsWith('/reserve/') || refused.has(path)) return { status: 200 };
    refused.add(path);
    return { status: 503 };
  });
}

forEachPlatform((platform) => {
  let running: RunningApp;
  let answers: Ordered[];
  let spans: ReadableSpan[];
  let requests: readonly ReceivedRequest[];
  let sweeps: Sweeps;

  beforeAll(async () => {
    lines.length = 0;
    spans = [];
    answerAsPartner();
    const sites = { partner: partner.url, own: '' };
    const exporter = {
      export(ended: ReadableSpan[], done: (result: { code: number }) => void) {
        spans.push(...ended);
        done({ code: 0 });
      },
      shutdown: async () => undefined,
    };
    const prefix = `{${platform.name}}`;
    running = await platform.create(
      orderApp({ sites, redisUrl: redis.url, prefix, exporter, destination }),
    );
    sites.own = running.url;
    sweeps = running.app.get(Sweeps, { strict: false });
    // Schedules run before, during and after the requests.
    await eventually(() => sweeps.ended >= 2);
    answers = await Promise.all(callers.map(place));
    await endSchedules();
    await eventually(expectAllEnded, { within: '20s' });
    requests = [...partner.requests];
  }, 60_000);

  afterAll(() => running?.close());

  async function place({ order, ...caller }: Caller): Promise<Ordered> {
    const response = await fetch(`${running.url}/orders/${order}`, {
      method: 'POST',
      headers: {
        'x-correlation-id': caller.correlationId,
        'x-merchant-id': caller.merchantId,
        'x-user-id': caller.userId,
        traceparent: `00-${caller.traceId}-b7ad6b7169203331-01`,
      },
    });
    expect(response.headers.get('x-correlation-id')).toBe(caller.correlationId);
    return (await response.json()) as Ordered;
  }

  async function endSchedules(): Promise<void> {
    const schedules = running.app.get(SchedulerRegistry);
    schedules.deleteInterval('often');
    schedules.deleteCronJob('each second');
    await eventually(() => expect(sweeps.ended).toBe(sweeps.begun));
  }

  /** Lines and spans are written after the last byte, so the caller may see the answer earlier. */
  async function expectAllEnded(): Promise<void> {
    for (const msg of ['points.award completed', 'has mailed']) {
      expect(linesOf(msg)).toHaveLength(REQUESTS);
    }
    await running.app.get(Tracing, { strict: false }).flush();
    expect(spans.filter(({ kind }) => kind === SpanKind.SERVER)).toHaveLength(2 * REQUESTS);
  }

  const linesOf = (msg: string): readonly Line[] => lines.filter((line) => line.msg === msg);

  it('answers each caller with its own context', () => {
    expect(answers).toEqual(
      callers.map(({ correlationId, merchantId, userId }) => ({
        correlationId,
        merchantId,
        userId,
        catalogOf: merchantId,
      })),
    );
    // Otherwise no call waited for a bulkhead slot that another call released.
    expect(running.app.get(Orders).maxWaiting).toBeGreaterThan(0);
  });

  it('writes every log line, with the ids of its own request', () => {
    const ofCallers = lines.filter(({ sweep }) => sweep === undefined);
    const groups = Map.groupBy(ofCallers, ({ correlationId }) => correlationId);
    expect([...groups.keys()].toSorted()).toEqual([...callerOf.keys()].toSorted());
    let catalogs = 0;
    for (const { correlationId, merchantId, traceId, order } of callers) {
      const own = groups.get(correlationId)!;
      for (const line of own) {
        expect(line).toMatchObject({ merchant: merchantId, traceId });
        expect(line.order ?? order).toBe(order);
      }
      const texts = own.map(({ msg, attempt }) => textOf(msg, order, attempt));
      catalogs += texts.filter((text) => text === CATALOG).length;
      expect(texts.filter((text) => text !== CATALOG).toSorted()).toEqual(LINES);
    }
    expect(catalogs).toBe(MERCHANTS);
  });

  it('sends every call, including each retry attempt, with the ids of its own request', () => {
    const ofCallers = requests.filter(({ path }) => !/^\/(sweep|catalog)/.test(path));
    const groups = Map.groupBy(ofCallers, ({ headers }) => headers['x-correlation-id']);
    expect([...groups.keys()].toSorted()).toEqual([...callerOf.keys()].toSorted());
    for (const caller of callers) {
      const own = groups.get(caller.correlationId)!;
      for (const { headers } of own) expectOwn(headers, caller);
      const calls = own.map(({ method, path }) => `${method} ${pathOf(path, caller.order)}`);
      expect(calls.toSorted()).toEqual(CALLS);
    }
  });

  it('reads the catalog once per merchant, with the ids of one of its requests', () => {
    const reads = requests.filter(({ path }) => path === '/catalog');
    for (const { headers } of reads) {
      expectOwn(headers, callerOf.get(String(headers['x-correlation-id']))!);
    }
    expect(new Set(reads.map(({ headers }) => headers['x-merchant-id'])).size).toBe(MERCHANTS);
    expect(reads).toHaveLength(MERCHANTS);
  });

  it('stores every job with the ids of its own request', async () => {
    const jobs = await running.app.get<Queue>(getQueueToken('points'), { strict: false }).getJobs();
    const envelopes = jobs.map(({ data }) => data as { payload: object; context: object });
    expect(envelopes).toHaveLength(REQUESTS);
    for (const { order, correlationId, merchantId, userId, traceId } of callers) {
      const own = envelopes.filter(({ payload }) => (payload as Caller).order === order);
      expect(own.map(({ context }) => context)).toEqual([
        {
          correlationId,
          merchantId,
          userId,
          traceparent: expect.stringContaining(`00-${traceId}-`),
        },
      ]);
    }
  });

  it('adds every span to the trace of its own request', () => {
    const own = Map.groupBy(spans, (span) => span.spanContext().traceId);
    for (const { traceId, correlationId, merchantId } of callers) {
      const ofCaller = own.get(traceId)!;
      for (const { attributes } of ofCaller) {
        expect(attributes).toMatchObject({
          'loyalnest.correlation_id': correlationId,
          'loyalnest.merchant_id': merchantId,
        });
      }
      const names = ofCaller.map(({ name }) => name).filter((name) => name !== 'GET');
      expect(names.toSorted()).toEqual(SPANS);
    }
    expect(spans.filter(({ name }) => name === 'GET')).toHaveLength(MERCHANTS);
  });

  it('gives every scheduled run its own ids, shared with no request', () => {
    const runs = Array.from({ length: sweeps.begun }, (_, index) => index + 1);
    const own = runs.map((sweep) => {
      const ofRun = lines.filter((line) => line.sweep === sweep);
      expect(ofRun.map(({ msg }) => msg)).toEqual(['sweeps', 'has swept']);
      const [{ correlationId = '', traceId = '' } = {}, last] = ofRun;
      expect(last).toMatchObject({ correlationId, traceId });
      for (const line of ofRun) expect(line).not.toHaveProperty('merchant');
      const calls = requests.filter(({ path }) => path === `/sweep/${sweep}`);
      expect(calls).toHaveLength(1);
      const { headers } = calls[0]!;
      expectOwn(headers, { correlationId, traceId });
      return { correlationId, traceId };
    });
    expect(own.length).toBeGreaterThan(2);
    expect(own.filter(({ correlationId }) => callerOf.has(correlationId))).toEqual([]);
    for (const key of ['correlationId', 'traceId'] as const) {
      expect(new Set(own.map((ids) => ids[key])).size).toBe(own.length);
    }
    const traces = new Set(own.map(({ traceId }) => traceId));
    const ofRuns = spans.filter((span) => traces.has(span.spanContext().traceId));
    const kinds = Map.groupBy(ofRuns, ({ name }) =>
      name === 'POST' ? 'call' : name.split('.')[0],
    );
    expect([...kinds].map(([kind, { length }]) => [kind, length])).toEqual([
      ['call', runs.length],
      ['Sweeps', runs.length],
    ]);
    expect(ofRuns.length + SPANS.length * REQUESTS + MERCHANTS).toBe(spans.length);
  });
});

function textOf(msg: string, order: number, attempt: number | undefined): string {
  const text = pathOf(msg, order);
  return attempt === undefined ? text : `${text} ${attempt}`;
}

function pathOf(path: string, order: number): string {
  return path.replace(new RegExp(`/${order}(?= |$)`), '/:order');
}

function expectOwn(
  headers: ReceivedRequest['headers'],
  { correlationId, merchantId, userId, traceId }: Partial<Caller>,
): void {
  expect({
    correlationId: headers['x-correlation-id'],
    merchantId: headers['x-merchant-id'],
    userId: headers['x-user-id'],
    traceId: parseTraceparent(String(headers['traceparent']))?.traceId,
  }).toEqual({ correlationId, merchantId, userId, traceId });
}
