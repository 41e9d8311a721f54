import { CircuitBreakerService, ResilienceModule, Retry } from '@loyalnest/resilience';
import { HttpClient, HttpClientModule } from '@loyalnest/http';
import { Downstream, freePort, PostgresServer, RedisServer } from '@loyalnest/testing';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import axios from 'axios';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import * as undici from 'undici';

// The errors of the real clients, against real servers.
let attempts = 0;
let step: () => Promise<unknown> = async () => undefined;

@Injectable()
class Client {
  @Retry({ attempts: 2, backoff: { initial: 1, max: 1 }, budget: false })
  async call(): Promise<unknown> {
    attempts++;
    return step();
  }
}

@Module({
  imports: [ResilienceModule.forRoot({ environment: {} }), HttpClientModule.forRoot({})],
  providers: [Client],
})
class App {}

let app: INestApplicationContext;
let http: Downstream;
let redis: RedisServer;
let postgres: PostgresServer;
let pool: Pool;

beforeAll(async () => {
  app = await NestFactory.createApplicationContext(App, { logger: false });
  http = await Downstream.start();
  redis = await RedisServer.start();
  postgres = await PostgresServer.start({ durable: false });
  pool = new Pool({ connectionString: await postgres.createDatabase('fault') });
  pool.on('error', () => {});
  await pool.query('create table account (id int primary key)');
  await pool.query('insert into account values (1)');
}, 120_000);
afterAll(async () => {
  await pool.end();
  await Promise.all([app.close(), http.stop(), redis.stop(), postgres.stop()]);
}, 60_000);

type Counted = 'failure' | 'success' | 'neutral';

/** How the breaker counts one such call, and whether a retry repeats it. */
async function verdictOn(call: () => Promise<unknown>): Promise<`${Counted}${'' | ' again'}`> {
  const circuits = app.get(CircuitBreakerService);
  const name = `circuit-${Math.random()}`;
  await circuits.execute(name, call).catch(() => {});
  const { failures, successes } = circuits.getState(name).stats;
  const counted = failures > 0 ? 'failure' : successes > 0 ? 'success' : 'neutral';
  attempts = 0;
  step = call;
  await app
    .get(Client)
    .call()
    .catch(() => {});
  return `${counted}${attempts > 1 ? ' again' : ''}`;
}

const clients: readonly (readonly [string, (url: string) => Promise<unknown>])[] = [
  ['axios', (url) => axios.get(url)],
  ['fetch', (url) => fetch(url)],
  ['undici.request', (url) => undici.request(url)],
  ['HttpClient', (url) => app.get(HttpClient).request({ url })],
];

describe.each(clients)('%s', (_name, get) => {
  it.each([
    [404, 'success'],
    [409, 'success'],
    [401, 'neutral'],
    [403, 'neutral'],
    [503, 'failure again'],
  ])('a status %i counts as: %s', async (status, expected) => {
    http.answer(status, 'text');
    await expect(verdictOn(() => get(http.url))).resolves.toBe(expected);
  });

  it('a refused and a broken connection are failures', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    await expect(verdictOn(() => get(nobody))).resolves.toBe('failure again');
    http.hangUp();
    await expect(verdictOn(() => get(http.url))).resolves.toBe('failure again');
  });
});

it.each<[string, (url: string, signal: AbortSignal) => Promise<unknown>]>([
  ['axios', (url, signal) => axios.get(url, { signal })],
  ['fetch', (url, signal) => fetch(url, { signal })],
  ['undici.request', (url, signal) => undici.request(url, { signal })],
])('an abort of %s is neutral, and its timeout a failure', async (_name, get) => {
  http.hang();
  await expect(verdictOn(() => get(http.url, AbortSignal.abort()))).resolves.toBe('neutral');
  const timedOut = verdictOn(() => get(http.url, AbortSignal.timeout(20)));
  await expect(timedOut).resolves.toBe('failure again');
});

it.each<[string, (url: string) => Promise<unknown>]>([
  ['fetch', async (url) => (await fetch(url)).json()],
  ['undici.request', async (url) => (await undici.request(url)).body.json()],
  [
    'axios',
    (url) => axios.get(url, { responseType: 'json', transitional: { silentJSONParsing: false } }),
  ],
  ['HttpClient', (url) => app.get(HttpClient).getJson(url)],
])('HTML with status 200 is a failure of the server: %s', async (_name, get) => {
  http.answer(200, '<html>');
  await expect(verdictOn(() => get(http.url))).resolves.toMatch(/^failure/);
});

it('a mistake of our own code is neutral and never retried', async () => {
  await expect(verdictOn(async () => JSON.parse('<html>') as unknown)).resolves.toBe('neutral');
  await expect(verdictOn(async () => decodeURIComponent('%'))).resolves.toBe('neutral');
  await expect(verdictOn(() => fetch('http://not a url'))).resolves.toBe('neutral');
});

it.each<[string, string, string]>([
  ['a unique violation', 'insert into account values (1)', 'success'],
  ['a NUL in a text', "select convert_from('\\x00', 'utf8')", 'success'],
  ['a missing table', 'select * from missing', 'neutral'],
  ['a division by zero', 'select 1 / 0', 'success'],
  ['a deadlock', "do $$ begin raise sqlstate '40P01'; end $$", 'neutral again'],
  ['a lock that is not available', "do $$ begin raise sqlstate '55P03'; end $$", 'neutral again'],
  ['too many connections', "do $$ begin raise sqlstate '53300'; end $$", 'failure again'],
])('Postgres: %s', async (_what, sql, expected) => {
  await expect(verdictOn(() => pool.query(sql))).resolves.toBe(expected);
});

it('Postgres: no server, and a wrong password', async () => {
  const gone = new Pool({ connectionString: `postgres://127.0.0.1:${await freePort()}/x` });
  await expect(verdictOn(() => gone.query('select 1'))).resolves.toBe('failure again');
  await gone.end();
});

it('Redis: a wrong type and a missing script are answers, no server is a failure', async () => {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 0 });
  await client.set('text', 'x');
  await expect(verdictOn(() => client.lpush('text', 'y'))).resolves.toBe('success');
  await expect(verdictOn(() => client.evalsha('0'.repeat(40), 0))).resolves.toBe('success');
  await expect(verdictOn(() => client.call('nonsense'))).resolves.toBe('success');
  await client.quit();
  const lost = new Redis({ port: await freePort(), lazyConnect: true, maxRetriesPerRequest: 0 });
  lost.on('error', () => {});
  await expect(verdictOn(() => lost.get('x'))).resolves.toBe('failure again');
  lost.disconnect();
});
