import { FakeClock } from '../testing/fake-clock.js';
import { toCarrier } from './context-carrier.js';
import { readContextHeaders, writeContextHeaders } from './context-headers.js';
import { Deadline } from './deadline.js';
import { currentContext, runInChildContext, runInContext } from './request-context.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

it('gives each of several concurrent tasks its own context', async () => {
  const seen = await Promise.all(
    ['a', 'b', 'c'].map((correlationId) =>
      runInContext({ correlationId }, async () => {
        await new Promise((done) => setImmediate(done));
        return currentContext()?.correlationId;
      }),
    ),
  );
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(currentContext()).toBeUndefined();
});

it('keeps the fields that a child does not change', () => {
  runInContext({ correlationId: 'a', merchantId: 'shop' }, () =>
    runInChildContext({ attempt: 2 }, () =>
      expect(currentContext()).toEqual({ correlationId: 'a', merchantId: 'shop', attempt: 2 }),
    ),
  );
});

it('gives a child without a parent a new id', () => {
  runInChildContext({}, () => expect(currentContext()?.correlationId).toMatch(/^[0-9a-f-]{36}$/));
});

it('is written to headers, with its deadline as remaining time', async () => {
  const here = new FakeClock();
  const there = new FakeClock(Date.UTC(2031, 0, 1));
  const headers = writeContextHeaders({
    correlationId: 'order-7',
    traceparent: TRACEPARENT,
    merchantId: 'demo.myshopify.com',
    userId: '42',
    deadline: Deadline.after(800.9, here),
  });
  expect(headers['x-request-timeout-ms']).toBe('800');
  const context = readContextHeaders(headers, there);
  expect(context).toMatchObject({
    correlationId: 'order-7',
    traceparent: TRACEPARENT,
    merchantId: 'demo.myshopify.com',
    userId: '42',
  });
  await there.advance(300);
  expect(context.deadline?.remainingMs).toBe(500);
  await there.advance(501);
  expect(context.deadline?.expired).toBe(true);
});

it('reads x-request-id if there is no x-correlation-id', () => {
  const context = readContextHeaders({ 'x-request-id': 'req-1' }, new FakeClock());
  expect(context.correlationId).toBe('req-1');
});

it.each([
  ['has a line break', 'a\nb'],
  ['has a space', 'a b'],
  ['is too long', 'x'.repeat(129)],
  ['is empty', ''],
  ['is there twice', ['a', 'b']],
])('replaces an inbound id that %s', (_why, id) => {
  const context = readContextHeaders({ 'x-correlation-id': id }, new FakeClock());
  expect(context.correlationId).toMatch(/^[0-9a-f-]{36}$/);
});

it.each([
  ['traceparent', 'not a traceparent', 'traceparent'],
  ['traceparent', TRACEPARENT.replace(/^00/, 'ff'), 'traceparent'],
  ['traceparent', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'traceparent'],
  ['traceparent', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`, 'traceparent'],
  ['traceparent', TRACEPARENT.toUpperCase(), 'traceparent'],
  ['traceparent', `${TRACEPARENT}-more`, 'traceparent'],
  ['traceparent', `${TRACEPARENT}, ${TRACEPARENT}`, 'traceparent'],
  ['x-request-timeout-ms', '-5', 'deadline'],
  ['x-request-timeout-ms', 'soon', 'deadline'],
  ['x-merchant-id', 'a b', 'merchantId'],
])('ignores a malformed %s: %p', (header, value, field) => {
  expect(readContextHeaders({ [header]: value }, new FakeClock())).not.toHaveProperty(field);
});

it('propagates a traceparent of a later version unchanged, with its tracestate', () => {
  const headers = {
    traceparent: `${TRACEPARENT.replace(/^00/, '01')}-what-will-be`,
    tracestate: 'vendor=a,other=b',
  };
  const context = readContextHeaders(headers, new FakeClock());
  expect(context).toMatchObject(headers);
  expect(writeContextHeaders(context)).toMatchObject(headers);
  expect(toCarrier(context)).toMatchObject(headers);
});

it.each([
  ['without a traceparent', undefined, 'a=b'],
  ['with a malformed traceparent', '00-zz', 'a=b'],
  ['that is too long', TRACEPARENT, 'a'.repeat(513)],
  ['with control characters', TRACEPARENT, 'a=\u0007'],
])('ignores a tracestate %s', (_why, traceparent, tracestate) => {
  const context = readContextHeaders({ traceparent, tracestate }, new FakeClock());
  expect(context).not.toHaveProperty('tracestate');
});

it('is stored with a job without its deadline and its signal', () => {
  const context = {
    correlationId: 'order-7',
    merchantId: 'shop',
    deadline: Deadline.after(1, new FakeClock()),
    signal: new AbortController().signal,
  };
  expect(toCarrier(context)).toEqual({ correlationId: 'order-7', merchantId: 'shop' });
  expect(toCarrier(undefined).correlationId).toMatch(/^[0-9a-f-]{36}$/);
});
