import { freePort, RedisServer } from '@loyalnest/testing';
import { AbandonedQueue } from '../test/abandoned-queue.js';
import { loyalnest } from '../test/command-line.js';

let queue: AbandonedQueue;

beforeAll(async () => {
  queue = await AbandonedQueue.start();
});
beforeEach(() => queue.fill());
afterAll(() => queue.stop());

describe('a wrong command line', () => {
  it.each<[string, number, string]>([
    ['dlq groups pointz', 1, "has no queue 'pointz'; there are points"],
    ['dlq groups a:b', 1, "has no queue 'a:b'"],
    ['dlq show points none', 1, "has no dead letter 'none'"],
    ['dlq restore points none', 1, "has no dead letter 'none'"],
    ['redrives show points none', 1, "has no redrive task 'none'"],
    ['dlq list points --limit many', 2, '--limit'],
    ['dlq list points --limit 0', 2, 'limit'],
    ['dlq list points --reason bored', 2, '--reason'],
    ['dlq list points --after soon', 2, '--after'],
    ['dlq list points --after 99999999999999d', 2, '--after'],
    ['dlq list points --cursor x', 2, 'cursor'],
    ['dlq list points --color', 2, "unknown option '--color'"],
    ['dlq discard points x --yes', 2, '--reason'],
    ['dlq redrive points', 2, 'pass a filter'],
    ['dlq redrive points --all --rate 0 --yes', 2, 'redrive.rate'],
    ['dlq redrive points --all --canary-timeout soon --yes', 2, 'redrive.canaryTimeout'],
    ['dlq redrive points --all --max-failed-ratio 20 --yes', 2, 'redrive.stopAbove'],
    ['dlq redrive points --all --on-interrupt panic --yes', 2, '--on-interrupt'],
    ['dlq redrive points x --all', 2, 'ids or a filter'],
    ['dlq edit points x', 1, "has no dead letter 'x'"],
    ['top --interval often', 2, '--interval'],
    ['doctor --dedupe-window 30', 0, ''],
    ['doctor --dedupe-window soon', 2, '--dedupe-window'],
    ['dlq', 2, 'groups'],
    ['frobnicate', 2, "unknown command 'frobnicate'"],
  ])('%s exits with %d', async (line, code, message) => {
    const result = await queue.cli(line);
    expect(result.err).toContain(message);
    if (line.startsWith('doctor --dedupe-window 30')) return;
    expect(result.code).toBe(code);
    expect(await queue.deadLetterCount()).toBe(10);
  });

  it('reports a failure as JSON to programs', async () => {
    const { out, err } = await queue.cli('dlq show points none --json');
    expect(out).toBe('');
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'DEAD_LETTER_NOT_FOUND' } });
  });

  it('prints its help and its version', async () => {
    const { code, out } = await loyalnest(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Exit codes:');
    expect((await loyalnest(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('Redis', () => {
  it('must be named', async () => {
    expect(await loyalnest(['queues'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('REDIS_URL'),
    });
    expect((await loyalnest(['queues'], { env: { REDIS_URL: queue.redis.url } })).code).toBe(0);
  });

  it.each([
    (port: number) => `redis://ops:s3cret%21@127.0.0.1:${port}`,
    (port: number) => `redis//ops:s3cret!@127.0.0.1:${port}`,
    (port: number) => `redis://ops:s3cret!@127.0.0.1:${port}/db?x=1`,
    (port: number) => `ops:s3cret!@127.0.0.1:${port}`,
    (port: number) => `redis://ops:"s3cret"/x@127.0.0.1:${port}`,
    (port: number) => `redis://ops:a,s3cret/x@127.0.0.1:${port}`,
    (port: number) => `redis://ops:12?s3cret@127.0.0.1:${port}`,
    (port: number) => `redis://ops:12#s3cret@127.0.0.1:${port}`,
    () => 'redis://ops:s3cret',
  ])('that is down or misspelt is reported without its password', async (address) => {
    const url = address(await freePort());
    for (const argv of [
      ['queues', '--redis', url],
      ['queues', '--redis', url, '--json'],
      ['queues', url],
      [url],
    ]) {
      const { code, out, err } = await loyalnest(argv);
      expect([2, 3]).toContain(code);
      expect(out + err).not.toMatch(/s3cret/);
      expect(err).not.toBe('');
    }
    const { code, err } = await loyalnest(['queues'], { env: { REDIS_URL: url } });
    expect([2, 3]).toContain(code);
    expect(err).not.toMatch(/s3cret/);
  });

  it('is no reason to hide what only looks like a password', async () => {
    const { err } = await queue.cli(['dlq', 'redrive', 'points', '2', '--by', 'ada2@example.com']);
    expect(err).toContain("has no dead letter '2'");
  });

  it('that refuses the login exits with 3', async () => {
    const locked = await RedisServer.start({ settings: { requirepass: 's3cret' } });
    const wrong = await loyalnest(['queues', '--redis', locked.url.replace('//', '//:wr0ng@')]);
    expect(wrong).toMatchObject({ code: 3, out: '' });
    expect(wrong.err).not.toMatch(/wr0ng/);
    expect((await loyalnest(['queues', '--redis', locked.url])).code).toBe(3);
    const right = await loyalnest(['queues', '--redis', locked.url.replace('//', '//:s3cret@')]);
    expect(right.code).toBe(0);
    await locked.stop();
  });
});

describe('output for people', () => {
  const HOSTILE = '\u001b[2J\u009b31m\u202efdp\u200b\u2028';
  const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

  it.each([
    'queues',
    'dlq groups points',
    'dlq list points',
    'dlq list points --discarded',
    'dlq show points hostile',
    'dlq redrive points none',
    'dlq groups none',
    'redrives list points',
    'audit',
    'doctor',
    'top --once',
  ])('has no control characters from Redis: %s', async (line) => {
    const { client, prefix, ids } = queue;
    const text = `x${HOSTILE}x`;
    await client.hset(`${prefix}:${text}:meta`, 'opts.maxLenEvents', '1');
    await client.lpush(`${prefix}:lost${HOSTILE}:wait`, '1');
    await queue.json([
      'dlq',
      'discard',
      'points',
      ids[1]!,
      '--reason',
      text,
      '--by',
      text,
      '--yes',
    ]);
    await client.rename(`${prefix}:points:${ids[0]}`, `${prefix}:points:hostile`);
    await client.zrem(`${prefix}:points:failed`, ids[0]!);
    await client.zadd(`${prefix}:points:failed`, Date.now(), 'hostile');
    const data = JSON.stringify({ payload: { [text]: text } });
    await client.hset(`${prefix}:points:hostile`, { name: text, failedReason: text, data });
    await client.hset(`${prefix}:points:hostile`, 'stacktrace', JSON.stringify([text]));
    const { out, err } = await queue.cli(line);
    expect(out + err).not.toBe('');
    expect(out).not.toMatch(UNSAFE);
    expect(err).not.toMatch(UNSAFE);
    const forPrograms = await queue.cli(`${line} --json`);
    expect(forPrograms.out).not.toMatch(UNSAFE);
    expect(forPrograms.err).not.toMatch(UNSAFE);
  });

  it('has no control characters of the command line or of an error', async () => {
    for (const words of [
      ['dlq', 'list', `no${HOSTILE}`],
      ['dlq', 'show', 'points', HOSTILE],
      [`un${HOSTILE}known`],
      ['queues', `--un${HOSTILE}known`],
      ['dlq', 'list', 'points', '--since', HOSTILE],
      ['dlq', 'list', 'points', '--reason', HOSTILE],
      ['dlq', 'discard', 'points', 'x', '--reason', HOSTILE],
    ]) {
      for (const line of [words, [...words, '--json']]) {
        const { out, err } = await queue.cli(line);
        expect(out + err).not.toBe('');
        expect(out).not.toMatch(UNSAFE);
        expect(err).not.toMatch(UNSAFE);
      }
    }
  });
});

it('shows the other jobs if one was broken by hand', async () => {
  const { client, prefix, ids } = queue;
  const hash = `${prefix}:points:${ids[0]}`;
  await client.hset(hash, { timestamp: 'soon', data: '{', opts: '', stacktrace: '{', atm: 'x' });
  await client.rpush(`${prefix}:points:wait`, 'broken');
  await client.hset(`${prefix}:points:broken`, { timestamp: '1e99', opts: '{' });
  for (const line of [
    'queues',
    'dlq list points',
    'dlq groups points',
    `dlq show points ${ids[0]}`,
  ]) {
    expect(await queue.cli(line)).toMatchObject({ code: 0, out: expect.any(String) });
  }
  expect((await queue.json('dlq list points'))['items']).toHaveLength(10);
});
