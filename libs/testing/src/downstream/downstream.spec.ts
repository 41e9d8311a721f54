import { eventually } from '../eventually/eventually.js';
import { Downstream } from './downstream.js';

describe('Downstream', () => {
  let downstream: Downstream;

  beforeEach(async () => {
    downstream = await Downstream.start();
  });

  afterEach(() => downstream.stop());

  const status = async (): Promise<number> => (await fetch(downstream.url)).status;

  it('sends the scripted answer and records each request unchanged', async () => {
    downstream.answer(201, { id: 'SM1' }, { 'x-region': 'eu' });
    const response = await fetch(`${downstream.url}/messages?dry=1`, {
      method: 'POST',
      body: '{"to": "+1"}',
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-region')).toBe('eu');
    expect(await response.json()).toEqual({ id: 'SM1' });
    expect(downstream.requests).toMatchObject([
      { method: 'POST', path: '/messages?dry=1', body: '{"to": "+1"}' },
    ]);
  });

  it('uses up a sequence before it returns to the default reply', async () => {
    downstream.fail(500);
    downstream.sequence({ status: 503 }, { status: 200 });
    expect([await status(), await status(), await status()]).toEqual([503, 200, 500]);
  });

  it('resets the connection on hang-up', async () => {
    downstream.once('hang-up');
    await expect(fetch(downstream.url)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(await status()).toBe(200);
  });

  it('never answers while it hangs', async () => {
    downstream.hang();
    const controller = new AbortController();
    const call = fetch(downstream.url, { signal: controller.signal });
    await downstream.received(1);
    controller.abort(new Error('gave up'));
    await expect(call).rejects.toThrow('gave up');
  });

  it('holds requests until they are released', async () => {
    const hold = downstream.hold();
    const calls = [status(), status()];
    await eventually(() => hold.waiting === 2);
    hold.release({ status: 204 });
    expect(await Promise.all(calls)).toEqual([204, 204]);
  });

  it('answers after the delay', async () => {
    downstream.answerLate(60);
    const started = performance.now();
    expect(await status()).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(55);
  });

  it('lets a function decide for each request', async () => {
    downstream.reply((request) => ({ status: request.path === '/known' ? 200 : 404 }));
    expect((await fetch(`${downstream.url}/known`)).status).toBe(200);
    expect(await status()).toBe(404);
  });

  it('disconnects waiting clients and forgets everything when it is reset', async () => {
    downstream.hang();
    const call = fetch(downstream.url);
    await downstream.received(1);
    downstream.reset();
    await expect(call).rejects.toThrow();
    expect(downstream.requests).toEqual([]);
    expect(await status()).toBe(200);
  });

  it('reports how many requests it was waiting for', async () => {
    await expect(downstream.received(2, '20ms')).rejects.toThrow('2 requests at http://127.0.0.1');
  });
});
