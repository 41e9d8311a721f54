import { eventually, freePort, RedisServer, TcpProxy } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { buryAndLeave } from '../../test/closed-app.js';
import { loyalnest, type CliResult, type CliSetting } from '../../test/command-line.js';

/** Every service that made these jobs is down. */
let redis: RedisServer;
let client: Redis;
let prefix: string;
let ids: readonly string[];
let spaces = 0;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});
beforeEach(async () => {
  prefix = `{cli-${++spaces}}`;
  ids = await buryAndLeave(redis, prefix, 10);
});
afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

const cli = (line: string | readonly string[], setting: CliSetting = {}): Promise<CliResult> => {
  const argv = typeof line === 'string' ? line.split(' ') : line;
  return loyalnest(['--redis', redis.url, '--prefix', prefix, ...argv], setting);
};
const json = async <T = Record<string, any>>(line: string | readonly string[]): Promise<T> => {
  const { code, out, err } = await cli([
    ...(typeof line === 'string' ? line.split(' ') : line),
    '--json',
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
};

describe('queues', () => {
  it('lists all queues with what an operator asks first', async () => {
    const { code, out } = await cli('queues');
    expect(code).toBe(0);
    expect(out).toMatch(/^QUEUE +STATE +WORKERS +WAITING/);
    expect(out).toMatch(/^points +running +0 +0 +- .* 10 /m);
    const { queues } = await json('queues');
    expect(queues[0]).toMatchObject({ queue: 'points', counts: { deadLetters: 10 } });
  });

  it('says what may be wrong where there is none', async () => {
    const { code, out } = await loyalnest(['queues', '--redis', redis.url, '--prefix', '{none}']);
    expect(code).toBe(0);
    expect(out).toContain('no queue under the prefix {none}');
  });

  it('pauses and resumes one', async () => {
    expect((await json('pause points')).paused).toBe(true);
    expect(await client.hexists(`${prefix}:points:meta`, 'paused')).toBe(1);
    expect((await json('resume points')).paused).toBe(false);
  });

  it('looks once at top for scripts, and until Ctrl-C for people', async () => {
    expect((await cli('top --once')).out).toMatch(/points/);
    const interrupt = new AbortController();
    const end = (text: string): void => {
      if (text.includes('points')) interrupt.abort();
    };
    const { code, out } = await cli('top --interval 30s', {
      columns: 100,
      interrupted: interrupt.signal,
      onText: end,
    });
    expect(code).toBe(0);
    expect(out).toContain('\u001b[H');
  });

  it('keeps top in the terminal, and says how much does not fit', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await client.hset(`${prefix}:${name}:meta`, 'v', '1');
    const interrupt = new AbortController();
    const { out } = await cli('top', {
      columns: 100,
      rows: 7,
      interrupted: interrupt.signal,
      onText: (text) => text.includes('QUEUE') && interrupt.abort(),
    });
    expect(out.split('\n')).toHaveLength(7);
    expect(out).toContain('3 more do not fit');
  });

  it('goes on with top once Redis is back, for people', async () => {
    const proxy = await TcpProxy.start({ target: redis });
    const interrupt = new AbortController();
    const shown: string[] = [];
    const argv = ['top', '--interval', '100ms', '--prefix', prefix];
    const line = [...argv, '--redis', proxy.through(redis.url)];
    const person = loyalnest(line, {
      columns: 100,
      interrupted: interrupt.signal,
      onText: (text) => shown.push(text),
    });
    const seen = (text: string): Promise<void> =>
      eventually(async () => expect(shown.at(-1)).toContain(text));
    await seen('points');
    const script = loyalnest(line);
    await proxy.down();
    await seen('Redis does not answer');
    expect((await script).code).toBe(3);
    await proxy.heal();
    await seen('points');
    interrupt.abort();
    expect((await person).code).toBe(0);
    await proxy.stop();
  });
});

describe('looking at dead letters', () => {
  it('groups them by cause', async () => {
    const { groups } = await json('dlq groups points');
    expect(groups).toMatchObject([
      { count: 9, message: 'no such account', error: 'UnrecoverableError' },
      { count: 1, message: 'ledger is closed' },
    ]);
    expect((await cli('dlq groups points')).out).toMatch(/ 9 .*no such account/);
  });

  it('lists those that fit, page by page, with no payload in it', async () => {
    const { out } = await cli('dlq list points');
    expect(out.split('\n').filter((line) => line.startsWith('points.award-'))).toHaveLength(10);
    const first = await json('dlq list points --limit 8');
    const second = await json(`dlq list points --limit 8 --cursor ${first.cursor}`);
    expect([...first.items, ...second.items]).toHaveLength(10);
    expect(first.items[0].payload).toEqual({ phone: '<string>' });
    expect(JSON.stringify(first)).not.toContain('+49');
    expect((await json('dlq list points --after 1h')).items).toHaveLength(10);
    expect((await json('dlq list points --before 1h')).items).toHaveLength(0);
    expect((await json('dlq list points --reason expired')).items).toHaveLength(0);
  });

  it('shows one, and its payload only if asked for, which is noted', async () => {
    const plain = await cli(['dlq', 'show', 'points', ids[0]!]);
    expect(plain.out).toContain('no such account');
    expect(plain.out).not.toContain('+49');
    const letter = await json(['dlq', 'show', 'points', ids[0]!, '--payload', '--by', 'ada']);
    expect(letter.payload).toEqual({ phone: '+49 1700 0' });
    const { entries } = await json('audit');
    expect(entries).toMatchObject([
      { by: 'ada', source: 'cli', command: 'show-payload', target: ids[0] },
    ]);
  });

  it('fits into the terminal and sends it no commands of strangers', async () => {
    await client.hset(
      `${prefix}:points:${ids[0]}`,
      'failedReason',
      `\u001b[2J${'漢字 '.repeat(60)}`,
    );
    const { out } = await cli('dlq list points', { columns: 100 });
    expect(out).not.toContain('\u001b');
    expect(out).toContain('…');
    for (const line of out.split('\n')) {
      const wide = (line.match(/[漢字]/g) ?? []).length;
      expect(line.length + wide).toBeLessThanOrEqual(100);
    }
    expect((await cli('dlq list points --json')).out).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('commands', () => {
  it('redrives one', async () => {
    expect(await json(['dlq', 'redrive', 'points', ids[0]!])).toEqual({
      queue: 'points',
      results: [{ id: ids[0], outcome: 'redriven' }],
    });
    expect(await client.lrange(`${prefix}:points:wait`, 0, -1)).toEqual([ids[0]]);
  });

  it('discards with a reason, and restores', async () => {
    const discard = ['dlq', 'discard', 'points', ids[0]!, ids[1]!, '--reason', 'a test'];
    expect((await json([...discard, '--yes'])).results).toHaveLength(2);
    expect((await json('dlq list points --discarded')).items).toHaveLength(2);
    expect((await json(['dlq', 'restore', 'points', ids[0]!])).results[0].outcome).toBe('restored');
    const { entries } = await json('audit');
    expect(entries.map((entry: { command: string }) => entry.command)).toEqual([
      'restore',
      'discard',
      'discard',
    ]);
    expect(entries[1]).toMatchObject({ reason: 'a test', outcome: 'done' });
    expect((await cli('audit')).out).toMatch(/cli +discard +points .*\(a test\)/);
  });

  it('asks a person before it discards, and needs --yes where nobody can answer', async () => {
    const discard = ['dlq', 'discard', 'points', ids[0]!, '--reason', 'a test'];
    const script = await cli(discard);
    expect(script.code).toBe(2);
    expect(script.err).toContain('--yes');
    expect((await cli(discard, { answer: 'n' })).code).toBe(130);
    expect(await client.zcard(`${prefix}:points:failed`)).toBe(10);
    expect((await cli(discard, { answer: 'y' })).code).toBe(0);
    expect(await client.zcard(`${prefix}:points:failed`)).toBe(9);
  });

  it('edits the payload from the standard input and keeps the one before', async () => {
    const line = ['dlq', 'edit', 'points', ids[0]!, '--file', '-'];
    const { code } = await cli(line, { input: '{"phone":"+1"}' });
    expect(code).toBe(0);
    const data = JSON.parse((await client.hget(`${prefix}:points:${ids[0]}`, 'data'))!);
    expect(data.payload).toEqual({ phone: '+1' });
    const broken = await cli(['dlq', 'edit', 'points', ids[1]!, '--file', '-'], {
      input: '{"phone":"+49 secret"',
    });
    expect(broken.code).toBe(2);
    expect(broken.err).not.toContain('secret');
  });

  it('edits the payload in an editor', async () => {
    const { code, err } = await cli(['dlq', 'edit', 'points', ids[0]!], {
      answer: '',
      env: { EDITOR: `sed -i 's/1700 0/1700 99/'` },
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const data = JSON.parse((await client.hget(`${prefix}:points:${ids[0]}`, 'data'))!);
    expect(data.payload).toEqual({ phone: '+49 1700 99' });
  });

  it('carries out what it can of several, and tells of the rest', async () => {
    const { code, out, err } = await cli(['dlq', 'redrive', 'points', ids[0]!, 'none', ids[1]!]);
    expect(code).toBe(1);
    expect(out.match(/: redriven$/gm)).toHaveLength(2);
    expect(err).toContain('has no dead letter none');
    expect(await client.zcard(`${prefix}:points:failed`)).toBe(8);
  });

  it('carries out nothing that cannot be noted', async () => {
    await client.set(`${prefix}:audit`, 'in the way');
    const { code, err } = await cli(['dlq', 'redrive', 'points', ids[0]!]);
    expect(code).toBe(3);
    expect(err).toContain('cannot be audited');
    expect(await client.zcard(`${prefix}:points:failed`)).toBe(10);
  });
});

describe('what cannot be understood', () => {
  it.each<[string, number, string]>([
    ['dlq groups pointz', 1, "has no queue 'pointz'; there are points"],
    ['dlq groups a:b', 1, "has no queue 'a:b'"],
    ['dlq show points none', 1, 'has no dead letter none'],
    ['dlq restore points none', 1, 'has no dead letter none'],
    ['redrives show points none', 1, 'has no redrive task none'],
    ['dlq list points --limit many', 2, '--limit'],
    ['dlq list points --limit 0', 2, 'limit'],
    ['dlq list points --reason bored', 2, '--reason'],
    ['dlq list points --after soon', 2, '--after'],
    ['dlq list points --after 99999999999999d', 2, '--after'],
    ['dlq list points --cursor x', 2, 'cursor'],
    ['dlq list points --color', 2, "unknown option '--color'"],
    ['dlq discard points x --yes', 2, '--reason'],
    ['dlq redrive points', 2, 'say which dead letters are meant'],
    ['dlq redrive points --all --rate 0 --yes', 2, 'redrive.rate'],
    ['dlq redrive points --all --canary-timeout soon --yes', 2, 'redrive.canaryTimeout'],
    ['dlq redrive points --all --max-failed-ratio 20 --yes', 2, 'redrive.stopAbove'],
    ['dlq redrive points --all --on-interrupt panic --yes', 2, '--on-interrupt'],
    ['dlq redrive points x --all', 2, 'ids or a filter'],
    ['dlq edit points x', 1, 'has no dead letter x'],
    ['top --interval often', 2, '--interval'],
    ['doctor --dedupe-window 30', 0, ''],
    ['doctor --dedupe-window soon', 2, '--dedupe-window'],
    ['dlq', 2, 'groups'],
    ['frobnicate', 2, "unknown command 'frobnicate'"],
  ])('%s ends with %d', async (line, code, message) => {
    const result = await cli(line);
    expect(result.err).toContain(message);
    if (line.startsWith('doctor --dedupe-window 30')) return;
    expect(result.code).toBe(code);
    expect(await client.zcard(`${prefix}:points:failed`)).toBe(10);
  });

  it('tells programs of a failure in JSON', async () => {
    const { out, err } = await cli('dlq show points none --json');
    expect(out).toBe('');
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'DEAD_LETTER_NOT_FOUND' } });
  });

  it('explains itself', async () => {
    const { code, out } = await loyalnest(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Exit codes:');
    expect((await loyalnest(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('Redis', () => {
  it('has to be named', async () => {
    expect(await loyalnest(['queues'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('REDIS_URL'),
    });
    expect((await loyalnest(['queues'], { env: { REDIS_URL: redis.url } })).code).toBe(0);
  });

  it.each([
    (port: number) => `redis://ops:s3cret%21@127.0.0.1:${port}`,
    (port: number) => `redis//ops:s3cret!@127.0.0.1:${port}`,
    (port: number) => `redis://ops:s3cret!@127.0.0.1:${port}/db?x=1`,
    (port: number) => `ops:s3cret!@127.0.0.1:${port}`,
  ])('that is away or wrong is told of without its password', async (address) => {
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

  it('that refuses the login ends with 3', async () => {
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
