import { CHECK_HEALTH } from '@loyalnest/core';
import { Downstream, eventually, freePort } from '@loyalnest/testing';
import { failureCode } from '../checks/failure-code.js';
import { HttpCheck } from '../index.js';

let sms: Downstream;

beforeAll(async () => {
  sms = await Downstream.start();
});
afterEach(() => sms.reset());
afterAll(() => sms.stop());

const { signal: never } = new AbortController();

it('is up when the service answers 2xx', async () => {
  sms.answer(204);
  const check = new HttpCheck('sms', `${sms.url}/ping`, { headers: { 'x-key': 'k' } });
  expect(await check[CHECK_HEALTH](never)).toEqual({ status: 'up' });
  expect(sms.requests[0]).toMatchObject({
    method: 'GET',
    path: '/ping',
    headers: { 'x-key': 'k' },
  });
});

it.each([301, 404, 503])('is down when it answers %d', async (status) => {
  sms.answer(status, undefined, { location: '/elsewhere' });
  const check = new HttpCheck('sms', sms.url);
  expect(await check[CHECK_HEALTH](never)).toEqual({ status: 'down', code: `http-${status}` });
  expect(sms.requests).toHaveLength(1);
});

it('can accept other status codes', async () => {
  sms.answer(401);
  const check = new HttpCheck('sms', sms.url, { accepts: (status) => status < 500 });
  expect(await check[CHECK_HEALTH](never)).toEqual({ status: 'up' });
});

it('ends when its signal aborts', async () => {
  sms.hang();
  const limit = new AbortController();
  const observed = new HttpCheck('sms', sms.url)[CHECK_HEALTH](limit.signal);
  await eventually(() => sms.requests.length === 1);
  limit.abort();
  await expect(observed).rejects.toThrow('aborted');
});

it('reports a code, not the address, if the service is unavailable', async () => {
  const check = new HttpCheck('sms', `http://127.0.0.1:${await freePort()}/`);
  const error: unknown = await check[CHECK_HEALTH](never).catch((failure: unknown) => failure);
  expect(failureCode(error)).toBe('connection-refused');
});

it.each(['not an address', 'redis://localhost'])('refuses %s', (url) => {
  expect(() => new HttpCheck('sms', url)).toThrow("HttpCheck('sms').url: got");
});
