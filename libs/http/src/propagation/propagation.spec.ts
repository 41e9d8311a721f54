import {
  Deadline,
  OptionError,
  runInContext,
  SystemClock,
  type RequestContext,
} from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { Downstream, eventually } from '@loyalnest/testing';
import axios from 'axios';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { inspect } from 'node:util';
import * as undici from 'undici';
import { propagateWithAxios, contextFetch, type PropagationOptions } from '../index.js';

interface Call {
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}
type Get = (url: string, call?: Call) => Promise<unknown>;

const CLIENTS: readonly (readonly [string, (options: PropagationOptions) => Get])[] = [
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
      propagateWithAxios(client, options);
      return async (url, call) => (await client.get<unknown>(url, call)).data;
    },
  ],
];

describe.each(CLIENTS)('the request context with %s', (_name, make) => {
  let downstream: Downstream;
  const context: RequestContext = { correlationId: 'order-7', merchantId: 'acme' };

  beforeEach(async () => {
    downstream = await Downstream.start();
    downstream.answer(200, { points: 7 });
  });
  afterEach(() => downstream.stop());

  const sent = () => downstream.requests[0]!.headers;

  it('is sent to known origins', async () => {
    const get = make({ origins: [downstream.url] });
    const deadline = Deadline.after(5_000, new SystemClock());
    const answer = await runInContext({ ...context, deadline }, () => get(downstream.url));
    expect(answer).toEqual({ points: 7 });
    expect(sent()).toMatchObject({ 'x-correlation-id': 'order-7', 'x-merchant-id': 'acme' });
    expect(Number(sent()['x-request-timeout-ms'])).toBeGreaterThan(4_000);
  });

  it("is sent to every origin with origins: '*'", async () => {
    await runInContext(context, () => make({ origins: '*' })(downstream.url));
    expect(sent()['x-correlation-id']).toBe('order-7');
  });

  it('is not sent to other origins', async () => {
    const prefix = downstream.url.slice(0, -1);
    await runInContext(context, () =>
      make({ origins: ['http://points:3001', prefix] })(downstream.url),
    );
    expect(sent()).not.toHaveProperty('x-correlation-id');
    expect(sent()).not.toHaveProperty('x-merchant-id');
  });

  describe('after a redirect', () => {
    let other: Downstream;

    beforeEach(async () => {
      other = await Downstream.start();
      other.answer(200, { points: 8 });
    });
    afterEach(() => other.stop());

    const redirect = (origins: readonly string[], call: Call = {}, deadline?: Deadline) => {
      downstream.fail(302, '', { location: `${other.url}/elsewhere` });
      return runInContext({ ...context, ...(deadline && { deadline }) }, () =>
        make({ origins })(downstream.url, call),
      );
    };

    it('is not sent to other origins', async () => {
      const own = { 'x-user-id': 'ada', accept: 'application/json' };
      expect(await redirect([downstream.url], { headers: own })).toEqual({ points: 8 });
      expect(sent()).toMatchObject({ 'x-correlation-id': 'order-7', 'x-merchant-id': 'acme' });
      expect(other.requests[0]!.path).toBe('/elsewhere');
      expect(other.requests[0]!.headers).not.toHaveProperty('x-correlation-id');
      expect(other.requests[0]!.headers).not.toHaveProperty('x-merchant-id');
      expect(other.requests[0]!.headers).toMatchObject(own);
    });

    it('is sent to known origins', async () => {
      expect(await redirect([downstream.url, other.url])).toEqual({ points: 8 });
      expect(other.requests[0]!.headers).toMatchObject({ 'x-correlation-id': 'order-7' });
    });

    it('ends the call at its deadline', async () => {
      other.hang();
      const deadline = Deadline.after(300, new SystemClock());
      const call = redirect([downstream.url], {}, deadline);
      await expect(call).rejects.toThrow(/time/i);
    });
  });

  it('does not replace headers of the call', async () => {
    const headers = { 'X-Correlation-Id': 'own', accept: 'application/json' };
    const get = make({ origins: '*' });
    await runInContext(context, () => get(downstream.url, { headers }));
    expect(sent()).toMatchObject({ 'x-correlation-id': 'own', accept: 'application/json' });
  });

  it('adds nothing outside of a request', async () => {
    await expect(make({ origins: '*' })(downstream.url)).resolves.toEqual({ points: 7 });
    expect(sent()).not.toHaveProperty('x-correlation-id');
  });

  it('ends calls to every origin at its deadline', async () => {
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

  it('ends a call at once if its deadline has passed', async () => {
    downstream.hang();
    const deadline = Deadline.after(0, new SystemClock());
    const call = runInContext({ ...context, deadline }, () =>
      make({ origins: [] })(downstream.url),
    );
    await expect(call).rejects.toThrow(/time/i);
  });

  it.each(['the context', 'the call'])('ends a call with the signal of %s', async (whose) => {
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
  ])('refuses invalid origins: %s %j', (path, origins) => {
    expect(() => make({ origins })).toThrow(OptionError);
    expect(() => make({ origins })).toThrow(path);
  });
});

it('propagateWithAxios returns a function that removes the interceptor', async () => {
  const downstream = await Downstream.start();
  downstream.answer(200, {});
  const client = axios.create();
  propagateWithAxios(client, { origins: '*' })();
  await runInContext({ correlationId: 'order-7' }, () => client.get(downstream.url));
  expect(downstream.requests[0]!.headers).not.toHaveProperty('x-correlation-id');
  await downstream.stop();
});

describe('a redirected fetch', () => {
  let downstream: Downstream;
  let other: Downstream;

  beforeEach(async () => {
    [downstream, other] = [await Downstream.start(), await Downstream.start()];
  });
  afterEach(() => Promise.all([downstream.stop(), other.stop()]));

  const send = (init?: RequestInit, path = '/'): Promise<Response> =>
    runInContext({ correlationId: 'order-7' }, () =>
      contextFetch({ origins: [downstream.url] })(downstream.url + path, init),
    );
  const redirect = (status: number): void =>
    downstream.once({ status, headers: { location: `${other.url}/elsewhere` } });

  it.each([
    [307, 'POST', 'POST', '{"points":7}'],
    [308, 'PUT', 'PUT', '{"points":7}'],
    [302, 'POST', 'GET', ''],
    [302, 'PUT', 'PUT', '{"points":7}'],
    [303, 'PUT', 'GET', ''],
  ])('with %i turns %s into %s with body %j, as the standard says', async (...row) => {
    const [status, method, expected, body] = row;
    redirect(status);
    const headers = { 'content-type': 'application/json', authorization: 'Bearer x' };
    await send({ method, headers, body: '{"points":7}' });
    expect(downstream.requests).toMatchObject([{ method, body: '{"points":7}', headers }]);
    expect(other.requests).toMatchObject([{ method: expected, body, path: '/elsewhere' }]);
    expect(other.requests[0]!.headers).not.toHaveProperty('authorization');
    expect('content-type' in other.requests[0]!.headers).toBe(body !== '');
  });

  it('is followed on one origin, with the context', async () => {
    downstream.once({ status: 301, headers: { location: '/moved' } });
    const headers = { authorization: 'Bearer x' };
    expect((await send({ headers }, '/old')).url).toBe(`${downstream.url}/moved`);
    expect(downstream.requests.map(({ path }) => path)).toEqual(['/old', '/moved']);
    for (const request of downstream.requests) {
      expect(request.headers).toMatchObject({ ...headers, 'x-correlation-id': 'order-7' });
    }
  });

  it.each([
    ['manual', 302],
    ['error', undefined],
  ] as const)('is not followed with redirect: %s', async (mode, status) => {
    redirect(302);
    const answer = await send({ redirect: mode }).catch(() => undefined);
    expect(answer?.status).toBe(status);
    expect(other.requests).toHaveLength(0);
  });

  it.each(['/again', 'data:,points', 'http://'])('to %s ends with an error', async (location) => {
    downstream.fail(302, '', { location });
    await expect(send()).rejects.toMatchObject({ name: 'TypeError' });
    expect(downstream.requests.length).toBeLessThanOrEqual(21);
  });
});

describe('contextFetch with another fetch', () => {
  let downstream: Downstream;
  let other: Downstream;

  beforeEach(async () => {
    [downstream, other] = [await Downstream.start(), await Downstream.start()];
    for (const server of [downstream, other]) server.answer(200, { points: 7 });
  });
  afterEach(() => Promise.all([downstream.stop(), other.stop()]));

  /** Like node-fetch: its own classes, and streams of Node as bodies of answers. */
  const nodeFetchLike = (async (url: unknown, init: RequestInit = {}) => {
    if (typeof url !== 'string') throw new TypeError('Only absolute URLs are supported');
    const headers = Object.entries(init.headers as Record<string, string>);
    const answer = await undici.fetch(url, { ...init, headers } as undici.RequestInit);
    const body = Readable.fromWeb(answer.body as never);
    return { status: answer.status, headers: answer.headers, body, json: () => json(body) };
  }) as unknown as typeof fetch;
  const FETCHES: readonly (readonly [string, typeof fetch | undefined])[] = [
    ['of Node', undefined],
    ['of undici', undici.fetch as unknown as typeof fetch],
    ['like that of node-fetch', nodeFetchLike],
  ];

  describe.each(FETCHES)('%s', (name, send) => {
    const context: RequestContext = { correlationId: 'order-7', merchantId: 'auth0|7' };
    const ask = (input: unknown, init?: RequestInit): Promise<Response> =>
      runInContext(context, () =>
        contextFetch({ origins: [downstream.url], ...(send && { fetch: send }) })(
          input as string,
          init,
        ),
      );

    it.each<[string, (url: string) => [unknown, RequestInit?]]>([
      ['a text', (url) => [url, { method: 'POST', body: 'seven' }]],
      ['a URL', (url) => [new URL(url), { method: 'post', body: Buffer.from('seven') }]],
      ['a Request', (url) => [new Request(url, { method: 'POST', body: 'seven' })]],
      [
        'a Request with options',
        (url) => [new Request(url, { method: 'POST', body: 'six' }), { body: 'seven' }],
      ],
      [
        'a stream',
        (url) => [
          url,
          { method: 'POST', body: new Blob(['seven']).stream(), duplex: 'half' } as RequestInit,
        ],
      ],
      ...(name === 'of undici'
        ? [
            [
              'a Request of undici',
              (url: string) => [new undici.Request(url, { method: 'POST', body: 'seven' })],
            ] as [string, (url: string) => [unknown]],
          ]
        : []),
    ])('sends %s with the context', async (_what, make) => {
      const answer = await ask(...make(`${downstream.url}/invites`));
      await expect(answer.json()).resolves.toEqual({ points: 7 });
      expect(downstream.requests).toMatchObject([
        {
          method: 'POST',
          body: 'seven',
          path: '/invites',
          headers: { 'x-correlation-id': 'order-7', 'x-merchant-id': 'auth0%7C7' },
        },
      ]);
    });

    it.each<[string, (url: string) => [unknown, RequestInit?]]>([
      ['a text', (url) => [url, { method: 'POST', body: 'seven' }]],
      ['a Request', (url) => [new Request(url, { method: 'POST', body: 'seven' })]],
    ])('follows a redirect of %s and sends its body again', async (_what, make) => {
      downstream.once({ status: 307, headers: { location: `${other.url}/elsewhere` } });
      const [input, init] = make(`${downstream.url}/invites`);
      await expect((await ask(input, init)).json()).resolves.toEqual({ points: 7 });
      expect(other.requests).toMatchObject([{ method: 'POST', body: 'seven' }]);
      expect(other.requests[0]!.headers).not.toHaveProperty('x-correlation-id');
    });

    it('refuses to send a stream again', async () => {
      downstream.once({ status: 307, headers: { location: '/elsewhere' } });
      const body = new Blob(['seven']).stream();
      const call = ask(downstream.url, { method: 'POST', body, duplex: 'half' } as RequestInit);
      await expect(call).rejects.toThrow(TypeError);
      expect(downstream.requests).toHaveLength(1);
    });

    it('sends nothing if the signal of the call or the Request has aborted', async () => {
      const signal = AbortSignal.abort(new Error('gone'));
      await expect(ask(downstream.url, { signal })).rejects.toThrow('gone');
      await expect(ask(new Request(downstream.url, { signal }))).rejects.toThrow();
      expect(downstream.requests).toHaveLength(0);
    });
  });

  it('sends nothing after the deadline', async () => {
    const deadline = Deadline.after(0, new SystemClock());
    const call = runInContext({ correlationId: 'c', deadline }, () =>
      contextFetch({ origins: '*' })(downstream.url),
    );
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(downstream.requests).toHaveLength(0);
  });

  it('states the time that is left after a redirect', async () => {
    const clock = new FakeClock();
    downstream.once({ status: 307, headers: { location: '/elsewhere' } });
    const send: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      await clock.advance(1_000);
      return answer;
    };
    await runInContext({ correlationId: 'c', deadline: Deadline.after(5_000, clock) }, () =>
      contextFetch({ origins: [downstream.url], fetch: send })(downstream.url),
    );
    expect(downstream.requests.map(({ headers }) => headers['x-request-timeout-ms'])).toEqual([
      '5000',
      '4000',
    ]);
  });
});

describe('a retry of axios', () => {
  it('states the time that is left and belongs to the first attempt, whoever starts it', async () => {
    const downstream = await Downstream.start();
    downstream.answer(503, {});
    const clock = new FakeClock();
    const client = axios.create();
    propagateWithAxios(client, { origins: '*' });
    const again = (error: unknown): unknown => (error as { config: object }).config;
    const ask = (config: unknown): Promise<unknown> =>
      client.request(config as object).catch(again);
    const deadline = Deadline.after(5_000, clock);
    const first = await runInContext({ correlationId: 'one', merchantId: 'a', deadline }, () =>
      ask({ url: downstream.url, headers: { 'x-user-id': 'own' }, timeout: 4_500 }),
    );
    await clock.advance(1_000);
    const second = await runInContext({ correlationId: 'two', merchantId: 'b' }, () => ask(first));
    await clock.advance(1_000);
    const third = (await ask(second)) as { timeout: number };
    expect(
      downstream.requests.map(({ headers }) => [
        headers['x-request-timeout-ms'],
        headers['x-correlation-id'],
        headers['x-merchant-id'],
        headers['x-user-id'],
      ]),
    ).toEqual([
      ['5000', 'one', 'a', 'own'],
      ['4000', 'one', 'a', 'own'],
      ['3000', 'one', 'a', 'own'],
    ]);
    expect(third.timeout).toBe(3_000);
    expect(inspect(third, { depth: 9 })).not.toContain('RequestContext');
    await downstream.stop();
  });

  it('keeps a timeout and a header that the retry has changed', async () => {
    const downstream = await Downstream.start();
    downstream.answer(200, {});
    const clock = new FakeClock();
    const client = axios.create();
    propagateWithAxios(client, { origins: '*' });
    const deadline = Deadline.after(5_000, clock);
    const { config } = await runInContext({ correlationId: 'one', deadline }, () =>
      client.get(downstream.url),
    );
    config.timeout = 700;
    config.headers.set('x-correlation-id', 'changed');
    const { config: retried } = await client.request(config);
    expect(retried.timeout).toBe(700);
    expect(downstream.requests[1]!.headers['x-correlation-id']).toBe('changed');
    await downstream.stop();
  });
});
