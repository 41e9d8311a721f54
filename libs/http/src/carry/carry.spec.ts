import {
  Deadline,
  OptionError,
  runInContext,
  SystemClock,
  type RequestContext,
} from '@loyalnest/core';
import { Downstream, eventually } from '@loyalnest/testing';
import axios from 'axios';
import { carryWithAxios, contextFetch, type CarryOptions } from '../index.js';

interface Call {
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}
type Get = (url: string, call?: Call) => Promise<unknown>;

const CLIENTS: readonly (readonly [string, (options: CarryOptions) => Get])[] = [
  [
    'fetch',
    (options) => {
      const send = contextFetch(options);
      return async (url, call) => (await send(url, call)).json();
    },
  ],
  [
    'axios',
    (options) => {
      const client = axios.create();
      carryWithAxios(client, options);
      return async (url, call) => (await client.get<unknown>(url, call)).data;
    },
  ],
];

describe.each(CLIENTS)('what carries the context with %s', (_name, make) => {
  let downstream: Downstream;
  const context: RequestContext = { correlationId: 'order-7', merchantId: 'acme' };

  beforeEach(async () => {
    downstream = await Downstream.start();
    downstream.answer(200, { points: 7 });
  });
  afterEach(() => downstream.stop());

  const sent = () => downstream.requests[0]!.headers;

  it('sends it to known origins', async () => {
    const get = make({ origins: [downstream.url] });
    const deadline = Deadline.after(5_000, new SystemClock());
    const answer = await runInContext({ ...context, deadline }, () => get(downstream.url));
    expect(answer).toEqual({ points: 7 });
    expect(sent()).toMatchObject({ 'x-correlation-id': 'order-7', 'x-merchant-id': 'acme' });
    expect(Number(sent()['x-request-timeout-ms'])).toBeGreaterThan(4_000);
  });

  it('sends it to every origin if that is said', async () => {
    await runInContext(context, () => make({ origins: '*' })(downstream.url));
    expect(sent()['x-correlation-id']).toBe('order-7');
  });

  it('tells nobody else whose request it is', async () => {
    await runInContext(context, () => make({ origins: ['http://points:3001'] })(downstream.url));
    expect(sent()).not.toHaveProperty('x-correlation-id');
    expect(sent()).not.toHaveProperty('x-merchant-id');
  });

  it('leaves the headers of the call as they are', async () => {
    const headers = { 'X-Correlation-Id': 'own', accept: 'application/json' };
    const get = make({ origins: '*' });
    await runInContext(context, () => get(downstream.url, { headers }));
    expect(sent()).toMatchObject({ 'x-correlation-id': 'own', accept: 'application/json' });
  });

  it('does nothing outside of a request', async () => {
    await expect(make({ origins: '*' })(downstream.url)).resolves.toEqual({ points: 7 });
    expect(sent()).not.toHaveProperty('x-correlation-id');
  });

  it('ends with the deadline, whoever is asked', async () => {
    downstream.hang();
    const get = make({ origins: [] });
    const startedAt = performance.now();
    const call = runInContext(
      { ...context, deadline: Deadline.after(100, new SystemClock()) },
      () => get(downstream.url),
    );
    await expect(call).rejects.toThrow(/time/i);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('ends at once when the deadline is over', async () => {
    downstream.hang();
    const deadline = Deadline.after(0, new SystemClock());
    const call = runInContext({ ...context, deadline }, () =>
      make({ origins: [] })(downstream.url),
    );
    await expect(call).rejects.toThrow(/time/i);
  });

  it.each(['the context', 'the call'])('ends with the signal of %s', async (whose) => {
    const hold = downstream.hold();
    const [ofContext, ofCall] = [new AbortController(), new AbortController()];
    const call = runInContext({ ...context, signal: ofContext.signal }, () =>
      make({ origins: '*' })(downstream.url, { signal: ofCall.signal }),
    );
    call.catch(() => undefined);
    await eventually(() => hold.waiting === 1);
    (whose === 'the call' ? ofCall : ofContext).abort();
    await expect(call).rejects.toThrow(/abort|cancel/i);
  });

  it.each([
    ['origins[0]', ['points:3001/']],
    ['origins[1]', ['http://points', 'http://points/v1']],
    ['origins[0]', [7 as never]],
    ['origins', 'http://points' as never],
    ['origins', undefined as never],
  ])('refuses what is no origin: %s %j', (path, origins) => {
    expect(() => make({ origins })).toThrow(OptionError);
    expect(() => make({ origins })).toThrow(path);
  });
});

it('is taken from axios again', async () => {
  const downstream = await Downstream.start();
  downstream.answer(200, {});
  const client = axios.create();
  carryWithAxios(client, { origins: '*' })();
  await runInContext({ correlationId: 'order-7' }, () => client.get(downstream.url));
  expect(downstream.requests[0]!.headers).not.toHaveProperty('x-correlation-id');
  await downstream.stop();
});
