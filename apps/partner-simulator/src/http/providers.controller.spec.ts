import { eventually, PLATFORMS, type RunningApp } from '@loyalnest/testing';

const fastify = PLATFORMS.find(({ name }) => name === 'fastify')!;
const SMS = { to: '+15550100', body: 'Points for you' };
const EMAIL = { to: 'friend@example.com', subject: 'Points', body: 'Points for you' };

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Box {
  readonly requests: { readonly sms: number; readonly email: number };
  readonly held: number;
  readonly messages: readonly { readonly id: string; readonly channel: string }[];
}

describe('the providers', () => {
  let simulator: RunningApp;

  beforeAll(async () => {
    Object.assign(process.env, { SHOPIFY_WEBHOOK_SECRET: 'secret', LOG_LEVEL: 'silent' });
    const { AppModule } = await import('../app.module.js');
    simulator = await fastify.create(AppModule);
  });

  afterAll(() => simulator.close());

  beforeEach(async () => {
    await call('DELETE', '/faults');
    await call('DELETE', '/messages');
  });

  async function call(
    method: string,
    path: string,
    body?: unknown,
    { key, signal }: { key?: string; signal?: AbortSignal } = {},
  ): Promise<Answer> {
    const response = await fetch(simulator.url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
    };
  }

  async function box(): Promise<Box> {
    return (await call('GET', '/messages')).body as unknown as Box;
  }

  it('queues an SMS and sends an e-mail, and lists both, newest first', async () => {
    const sms = await call('POST', '/sms/messages', SMS);
    expect(sms).toEqual({
      status: 201,
      body: {
        sid: expect.stringMatching(/^SM[0-9a-f]{32}$/) as string,
        status: 'queued',
        to: SMS.to,
      },
    });
    const email = await call('POST', '/email/messages', EMAIL);
    expect(email.status).toBe(202);
    const { messages, requests } = await box();
    expect(messages).toMatchObject([
      { id: email.body['id'], channel: 'email', ...EMAIL },
      { id: sms.body['sid'], channel: 'sms', ...SMS },
    ]);
    expect(requests).toEqual({ sms: 1, email: 1 });
  });

  it('delivers once per key, for later and for concurrent repeats', async () => {
    const send = (): Promise<Answer> => call('POST', '/sms/messages', SMS, { key: 'invite:1' });
    const first = await send();
    const others = await Promise.all([send(), send(), send()]);
    expect(others).toEqual([first, first, first]);
    const { messages, requests } = await box();
    expect(messages).toHaveLength(1);
    expect(requests.sms).toBe(4);
  });

  it('keeps the keys of the two providers separate', async () => {
    await call('POST', '/sms/messages', SMS, { key: 'invite:1' });
    expect((await call('POST', '/email/messages', EMAIL, { key: 'invite:1' })).status).toBe(202);
    expect((await box()).messages).toHaveLength(2);
  });

  it('delivers every request without a key', async () => {
    await call('POST', '/sms/messages', SMS);
    await call('POST', '/sms/messages', SMS);
    expect((await box()).messages).toHaveLength(2);
  });

  it('refuses a key that was used for a different message', async () => {
    await call('POST', '/sms/messages', SMS, { key: 'k' });
    const other = await call('POST', '/sms/messages', { ...SMS, body: 'other' }, { key: 'k' });
    expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('answers 503 and delivers nothing at an error ratio of 1; the other provider still works', async () => {
    await call('PUT', '/faults', { sms: { errorRatio: 1 } });
    const refused = await call('POST', '/sms/messages', SMS, { key: 'k' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'PROVIDER_FAILED' } });
    expect((await call('POST', '/email/messages', EMAIL)).status).toBe(202);
    await call('DELETE', '/faults');
    expect((await call('POST', '/sms/messages', SMS, { key: 'k' })).status).toBe(201);
    expect((await box()).messages).toMatchObject([{ channel: 'sms' }, { channel: 'email' }]);
  });

  it('delays its answer by the latency', async () => {
    await call('PUT', '/faults', { email: { latency: '150ms' } });
    const started = performance.now();
    expect((await call('POST', '/email/messages', EMAIL)).status).toBe(202);
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });

  it('hangs until the fault is lifted, then delivers', async () => {
    await call('PUT', '/faults', { sms: { hang: true } });
    const hanging = call('POST', '/sms/messages', SMS);
    await eventually(async () => (await box()).held === 1);
    expect((await box()).messages).toEqual([]);
    await call('PUT', '/faults', { sms: { hang: false } });
    expect((await hanging).status).toBe(201);
    expect((await box()).messages).toHaveLength(1);
  });

  it('delivers nothing if the caller hangs up while the request hangs', async () => {
    await call('PUT', '/faults', { sms: { hang: true } });
    const caller = new AbortController();
    const hanging = call('POST', '/sms/messages', SMS, { signal: caller.signal });
    await eventually(async () => (await box()).held === 1);
    caller.abort(new Error('gave up'));
    await expect(hanging).rejects.toThrow('gave up');
    await eventually(async () => (await box()).held === 0);
    await call('DELETE', '/faults');
    await call('POST', '/sms/messages', { ...SMS, body: 'next' });
    expect((await box()).messages).toMatchObject([{ body: 'next' }]);
  });

  it('shows the faults and resets them', async () => {
    const healthy = { latencyMs: 0, errorRatio: 0, hang: false };
    const changed = await call('PUT', '/faults', { sms: { latency: '2s' }, seed: 7 });
    expect(changed.body).toEqual({ sms: { ...healthy, latencyMs: 2_000 }, email: healthy });
    expect((await call('GET', '/faults')).body).toEqual(changed.body);
    expect((await call('DELETE', '/faults')).status).toBe(204);
    expect((await call('GET', '/faults')).body).toEqual({ sms: healthy, email: healthy });
  });

  it.each([
    ['PUT', '/faults', { sms: { latency: '2x' } }, 'sms.latency'],
    ['PUT', '/faults', { sms: { latency: '11m' } }, 'sms.latency'],
    ['PUT', '/faults', { email: { errorRatio: 1.5 } }, 'email.errorRatio'],
    ['PUT', '/faults', { sms: { hang: 'yes' } }, 'sms.hang'],
    ['PUT', '/faults', { sms: 1 }, 'sms'],
    ['PUT', '/faults', { push: {} }, 'push'],
    ['PUT', '/faults', { seed: -1 }, 'seed'],
    ['POST', '/sms/messages', { ...SMS, to: '12345' }, 'to'],
    ['POST', '/sms/messages', { ...SMS, body: '' }, 'body'],
    ['POST', '/email/messages', { ...EMAIL, to: 'friend' }, 'to'],
    ['POST', '/email/messages', { to: EMAIL.to, body: 'x' }, 'subject'],
  ])('names what is wrong in %s %s %j', async (method, path, body, field) => {
    const { status, body: problem } = await call(method, path, body);
    expect({ status, code: problem['code'] }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    expect(problem['errors']).toContainEqual(expect.objectContaining({ path: field }));
  });

  it('refuses an invalid idempotency key', async () => {
    const refused = await call('POST', '/sms/messages', SMS, { key: 'x'.repeat(256) });
    expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_IDEMPOTENCY_KEY' } });
  });
});
