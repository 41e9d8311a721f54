import { Deadline, DRAIN, ON_SHUTDOWN, runInContext } from '@loyalnest/core';
import { Downstream, eventually, FakeClock, freePort } from '@loyalnest/testing';
import { createServer } from 'node:net';
import { getEventListeners } from 'node:events';
import {
  HttpClient,
  httpExchanged,
  HttpResponseError,
  HttpTimeoutError,
  HttpUnavailableError,
  ResponseTooLargeError,
  type HttpClientModuleOptions,
  type HttpExchanged,
} from '../index.js';

describe('HttpClient', () => {
  let downstream: Downstream;
  let client: HttpClient;
  let clock: FakeClock;

  const start = (options: HttpClientModuleOptions = {}): HttpClient =>
    (client = new HttpClient({ clock, ...options }));

  beforeEach(async () => {
    downstream = await Downstream.start();
    clock = new FakeClock();
    start();
  });

  afterEach(async () => {
    await client.onApplicationShutdown();
    await downstream.stop();
  });

  it('reads the whole answer', async () => {
    downstream.answer(200, { points: 7 }, { 'x-region': 'eu' });
    const response = await client.request({ url: `${downstream.url}/accounts/1?full=1` });
    expect(response.status).toBe(200);
    expect(response.headers['x-region']).toBe('eu');
    expect(response.json()).toEqual({ points: 7 });
    expect(downstream.requests).toMatchObject([{ method: 'GET', path: '/accounts/1?full=1' }]);
  });

  it('sends nothing if an id in the path would choose another route', async () => {
    const url = `${downstream.url}/accounts/${encodeURIComponent('..')}/balance`;
    await expect(client.request({ url })).rejects.toMatchObject({
      code: 'HTTP_DOT_SEGMENT',
      category: 'invalid',
    });
    expect(downstream.requests).toEqual([]);
  });

  it('sends and reads JSON', async () => {
    downstream.answer(201, { id: 'SM1' });
    const url = new URL('/messages', downstream.url);
    await expect(client.postJson(url, { to: '+1' })).resolves.toEqual({ id: 'SM1' });
    expect(downstream.requests[0]).toMatchObject({ method: 'POST', body: '{"to":"+1"}' });
    expect(downstream.requests[0]!.headers['content-type']).toBe('application/json');
    await expect(client.getJson(url)).resolves.toEqual({ id: 'SM1' });
  });

  it('sends a raw body unchanged', async () => {
    const body = Buffer.from('{ "id": 820982911946154508,\n  "name": "é" }');
    const headers = { 'Content-Type': 'application/json', 'X-Shopify-Topic': 'orders/paid' };
    await client.request({ url: downstream.url, body, headers });
    expect(downstream.requests[0]!.body).toBe(body.toString('utf8'));
    expect(downstream.requests[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/paid',
    });
  });

  it('reuses its connections', async () => {
    const connections = jest.fn();
    downstream['server'].on('connection', connections);
    for (let call = 0; call < 20; call++) await client.request({ url: downstream.url });
    expect(connections.mock.calls.length).toBeLessThanOrEqual(2);
  });

  describe('the context', () => {
    const context = {
      correlationId: 'order-7',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      merchantId: 'm-1',
    };

    it('is sent with its ids, and with the shorter of its deadline and the timeout', async () => {
      const deadline = Deadline.after(3_000, clock);
      const call = (timeout: number) =>
        runInContext({ ...context, deadline }, () =>
          client.request({ url: downstream.url, timeout }),
        );
      await call(5_000);
      await call(1_000);
      const [first, second] = downstream.requests;
      expect(first!.headers).toMatchObject({
        'x-correlation-id': 'order-7',
        traceparent: context.traceparent,
        'x-merchant-id': 'm-1',
        'x-request-timeout-ms': '3000',
      });
      expect(second!.headers['x-request-timeout-ms']).toBe('1000');
    });

    it('is replaced by a new id outside of a request', async () => {
      await client.request({ url: downstream.url });
      expect(downstream.requests[0]!.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
    });

    const sentNames = (): string[] =>
      Object.keys(downstream.requests[0]!.headers).filter((name) => /^x-|trace/.test(name));

    it('is not sent with propagateContext: false', async () => {
      await runInContext(context, () =>
        client.request({ url: downstream.url, propagateContext: false }),
      );
      expect(sentNames()).toEqual([]);
    });

    it('is not sent with the old name carryContext: false, which warns once', async () => {
      const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
      for (let call = 0; call < 2; call++) {
        await runInContext(context, () =>
          client.request({ url: downstream.url, carryContext: false }),
        );
      }
      const warnings = warn.mock.calls.filter(([text]) => String(text).includes('carryContext'));
      warn.mockRestore();
      expect(warnings).toEqual([
        [
          'HttpRequest.carryContext will be removed in the next version; use propagateContext',
          { type: 'DeprecationWarning', code: 'LOYALNEST_DEPRECATED_OPTION' },
        ],
      ]);
      expect(sentNames()).toEqual([]);
    });

    it('refuses a request that sets the old and the new name', async () => {
      const call = client.request({
        url: downstream.url,
        carryContext: false,
        propagateContext: true,
      });
      await expect(call).rejects.toThrow('HttpRequest.carryContext: got false; remove it');
      expect(downstream.requests).toHaveLength(0);
    });
  });

  it('rejects at its timeout, and closes the connection', async () => {
    downstream.hang();
    const call = client.request({ url: `${downstream.url}/slow?key=secret`, timeout: '2s' });
    const outcome = expect(call).rejects.toMatchObject({
      constructor: HttpTimeoutError,
      code: 'HTTP_TIMEOUT',
      timeoutMs: 2_000,
      limit: 'timeout',
      target: `GET ${downstream.url}/slow`,
    });
    await downstream.received(1);
    await clock.advance(2_000);
    await outcome;
    expect(clock.pendingTimers).toBe(0);
  });

  it('rejects at its timeout while a body arrives slowly', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    start({ timeout: '100ms', clock: undefined! });
    await expect(client.request({ url: `http://127.0.0.1:${port}` })).rejects.toThrow(
      HttpTimeoutError,
    );
    await new Promise((done) => server.close(done));
  });

  it('rejects when connecting takes longer than connectTimeout', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined).resume());
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const { port } = silent.address() as { port: number };
    start({ connectTimeout: '100ms', timeout: '5s', clock: undefined! });
    // The server never answers the TLS handshake.
    await expect(client.request({ url: `https://127.0.0.1:${port}` })).rejects.toMatchObject({
      constructor: HttpUnavailableError,
      reason: 'connect-timeout',
    });
    await new Promise((done) => silent.close(done));
  });

  it('lets requests wait while maxConnections connections are busy', async () => {
    const connections = jest.fn();
    downstream['server'].on('connection', connections);
    const hold = downstream.hold();
    start({ maxConnections: 2 });
    const calls = Array.from({ length: 5 }, () => client.request({ url: downstream.url }));
    await eventually(() => hold.waiting === 2);
    hold.release();
    await Promise.all(calls);
    expect(connections).toHaveBeenCalledTimes(2);
    expect(downstream.requests).toHaveLength(5);
  });

  it('never waits longer than the deadline of its caller', async () => {
    downstream.hang();
    const deadline = Deadline.after(300, clock);
    const call = runInContext({ correlationId: 'c', deadline }, () =>
      client.request({ url: downstream.url }),
    );
    const outcome = expect(call).rejects.toMatchObject({ limit: 'deadline', timeoutMs: 300 });
    await downstream.received(1);
    await clock.advance(300);
    await outcome;
  });

  it.each([
    ['caller', 300, 'caller'],
    ['own', 300, 'own'],
    ['caller', 60_000, 'own'],
  ] as const)(
    'says whose limit ended it: %s deadline of %i ms',
    async (source, leftMs, expected) => {
      downstream.hang();
      const deadline = Deadline.after(leftMs, clock, source);
      const call = runInContext({ correlationId: 'c', deadline }, () =>
        client.request({ url: downstream.url, timeout: '1s' }),
      );
      const outcome = expect(call).rejects.toMatchObject({
        code: 'HTTP_TIMEOUT',
        deadlineSource: expected,
      });
      await downstream.received(1);
      await clock.advance(1_000);
      await outcome;
    },
  );

  it('gives the code of problem details, and whose deadline they answer', async () => {
    const problem = JSON.stringify({ status: 504, code: 'DEADLINE_EXCEEDED' });
    const type = { 'content-type': 'application/problem+json; charset=utf-8' };
    downstream.answer(504, problem, type);
    const deadline = Deadline.after(300, clock);
    const ask = (): Promise<unknown> => client.request({ url: downstream.url });
    await expect(runInContext({ correlationId: 'c', deadline }, ask)).rejects.toMatchObject({
      problemCode: 'DEADLINE_EXCEEDED',
      deadlineSource: 'caller',
    });
    await expect(ask()).rejects.toMatchObject({
      problemCode: 'DEADLINE_EXCEEDED',
      deadlineSource: 'own',
    });
    for (const [body, headers] of [
      [problem, {}],
      ['<html>', type],
      ['{"code":7}', type],
      ['null', type],
    ] as const) {
      downstream.answer(503, body, headers);
      await expect(ask()).rejects.toHaveProperty('problemCode', undefined);
    }
  });

  it('does not send a request after the deadline has passed', async () => {
    const deadline = Deadline.after(0, clock);
    const call = runInContext({ correlationId: 'c', deadline }, () =>
      client.request({ url: downstream.url }),
    );
    await expect(call).rejects.toThrow(HttpTimeoutError);
    expect(downstream.requests).toHaveLength(0);
  });

  it.each(['own', 'context'])('ends with the %s signal and its reason', async (source) => {
    downstream.hang();
    const caller = new AbortController();
    const { signal } = caller;
    const call = runInContext({ correlationId: 'c', ...(source === 'context' && { signal }) }, () =>
      client.request({ url: downstream.url, ...(source === 'own' && { signal }) }),
    );
    const outcome = expect(call).rejects.toThrow('gone');
    await downstream.received(1);
    caller.abort(new Error('gone'));
    await outcome;
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves no listener on a long-lived signal', async () => {
    const { signal } = new AbortController();
    for (let call = 0; call < 3; call++) await client.request({ url: downstream.url, signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('reports a refused connection as unavailable', async () => {
    const call = client.request({ url: `http://127.0.0.1:${await freePort()}` });
    await expect(call).rejects.toMatchObject({
      constructor: HttpUnavailableError,
      category: 'unavailable',
      retryable: true,
      reason: 'connection-refused',
    });
  });

  it('reports a lost connection as unavailable', async () => {
    downstream.hangUp();
    await expect(client.request({ url: downstream.url })).rejects.toMatchObject({
      constructor: HttpUnavailableError,
      reason: 'connection-lost',
    });
  });

  it('reports an unknown host as unavailable', async () => {
    await expect(client.request({ url: 'http://nowhere.invalid' })).rejects.toMatchObject({
      constructor: HttpUnavailableError,
      reason: 'unknown-host',
    });
  });

  it('reports an answer that is not HTTP as unavailable', async () => {
    const server = createServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .resume()
          .end('SSH-2.0'),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    await expect(client.request({ url: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      constructor: HttpUnavailableError,
      reason: 'malformed-answer',
    });
    await new Promise((done) => server.close(done));
  });

  it.each([
    [503, 'unavailable', true],
    [500, 'unavailable', true],
    [429, 'rate-limited', true],
    [404, 'not-found', false],
    [422, 'invalid', false],
  ])('rejects for status %i as %s', async (status, category, retryable) => {
    downstream.fail(status, { why: 'x' }, { 'retry-after': '2' });
    const call = client.request({ url: downstream.url });
    await expect(call).rejects.toMatchObject({
      constructor: HttpResponseError,
      status,
      category,
      retryable,
      retryAfterMs: 2_000,
    });
    const error = (await call.catch((reason: unknown) => reason)) as HttpResponseError;
    expect(error.response.json()).toEqual({ why: 'x' });
    expect(Object.keys(error)).not.toContain('response');
  });

  it('reads a date in Retry-After', async () => {
    const at = new Date(clock.now() + 30_000).toUTCString();
    downstream.fail(503, '', { 'retry-after': at });
    await expect(client.request({ url: downstream.url })).rejects.toMatchObject({
      retryAfterMs: 30_000,
    });
  });

  it('lets isError decide which status is an error', async () => {
    downstream.fail(404);
    const isError = (status: number): boolean => status >= 500;
    await expect(client.request({ url: downstream.url, isError })).resolves.toMatchObject({
      status: 404,
    });
  });

  it('stops reading an answer that is larger than maxResponseBytes', async () => {
    downstream.answer(200, 'x'.repeat(100_001));
    start({ maxResponseBytes: 100_000 });
    await expect(client.request({ url: downstream.url })).rejects.toThrow(ResponseTooLargeError);
    const call = client.request({ url: downstream.url, maxResponseBytes: 200_000 });
    await expect(call).resolves.toMatchObject({ status: 200 });
  });

  it('rejects an answer that is not JSON', async () => {
    downstream.answer(200, '<html>');
    await expect(client.getJson(downstream.url)).rejects.toMatchObject({
      code: 'HTTP_MALFORMED_RESPONSE',
      status: 200,
    });
  });

  it('publishes an event for every exchange', async () => {
    const events: HttpExchanged[] = [];
    const end = httpExchanged.subscribe((event) => events.push(event));
    downstream.sequence({ status: 200 }, { status: 503 }, 'hang-up');
    for (let call = 0; call < 3; call++) {
      await client.request({ url: downstream.url, method: 'PUT' }).catch(() => undefined);
    }
    end();
    const exchange = { method: 'PUT', origin: downstream.url, durationMs: 0 };
    expect(events).toEqual([
      { ...exchange, status: 200, outcome: 'ok' },
      { ...exchange, status: 503, outcome: 'HTTP_RESPONSE' },
      { ...exchange, status: undefined, outcome: 'HTTP_UNAVAILABLE' },
    ]);
  });

  describe('during a shutdown', () => {
    const closing = (signal: AbortSignal): Promise<void> => {
      const [step] = client[DRAIN]();
      expect(step).toMatchObject({ phase: 'close-connections' });
      return Promise.resolve(step!.run(signal));
    };

    it('closes after running exchanges and refuses new ones', async () => {
      const hold = downstream.hold();
      const call = client.request({ url: downstream.url });
      await eventually(() => hold.waiting === 1);
      const closed = closing(new AbortController().signal);
      await expect(client.request({ url: downstream.url })).rejects.toMatchObject({
        reason: 'client-closed',
        retryable: false,
      });
      hold.release({ status: 202 });
      await expect(call).resolves.toMatchObject({ status: 202 });
      await closed;
      await client.onApplicationShutdown();
    });

    it("does not close in Nest's hook if a graceful shutdown runs", async () => {
      client[ON_SHUTDOWN]();
      await client.onApplicationShutdown();
      await expect(client.request({ url: downstream.url })).resolves.toMatchObject({ status: 200 });
      await closing(AbortSignal.abort());
      await expect(client.request({ url: downstream.url })).rejects.toMatchObject({
        reason: 'client-closed',
      });
    });

    it('drops running exchanges when the time is up', async () => {
      downstream.hang();
      const cap = new AbortController();
      const call = client.request({ url: downstream.url });
      const outcome = expect(call).rejects.toThrow(HttpUnavailableError);
      await downstream.received(1);
      const closed = closing(cap.signal);
      cap.abort();
      await closed;
      await outcome;
    });
  });
});

it.each([
  [{ timeout: Number.NaN }, 'HttpClientModule.timeout: got NaN'],
  [{ maxConnections: 0 }, 'HttpClientModule.maxConnections: got 0'],
  [{ maxResponseBytes: 1.5 }, 'HttpClientModule.maxResponseBytes: got 1.5'],
] as const)('refuses %j', (options, message) => {
  expect(() => new HttpClient(options)).toThrow(message);
});
