import { eventually, TcpProxy } from '@loyalnest/testing';
import { AbandonedQueue } from '../../../test/abandoned-queue.js';
import stringWidth from 'string-width';
import { loyalnest } from '../../../test/command-line.js';

let queue: AbandonedQueue;

beforeAll(async () => {
  queue = await AbandonedQueue.start();
});
beforeEach(() => queue.fill());
afterAll(() => queue.stop());

it('reads the queues once with --once, and until Ctrl-C without it', async () => {
  expect((await queue.cli('top --once')).out).toMatch(/points/);
  const interrupt = new AbortController();
  const end = (text: string): void => {
    if (text.includes('points')) interrupt.abort();
  };
  const { code, out } = await queue.cli('top --interval 30s', {
    columns: 100,
    interrupted: interrupt.signal,
    onText: end,
  });
  expect(code).toBe(0);
  expect(out).toContain('\u001b[H');
});

it('fits into the terminal, and counts the lines that do not fit', async () => {
  for (const name of ['a', 'b', 'c', 'd'])
    await queue.client.hset(`${queue.prefix}:${name}:meta`, 'v', '1');
  const interrupt = new AbortController();
  const { out } = await queue.cli('top', {
    columns: 100,
    rows: 7,
    interrupted: interrupt.signal,
    onText: (text) => text.includes('QUEUE') && interrupt.abort(),
  });
  expect(out.split('\n')).toHaveLength(7);
  expect(out).toContain('3 more lines do not fit');
});

it.each([20, 80])('cuts lines that would wrap in a terminal of %d columns', async (columns) => {
  await queue.client.hset(`${queue.prefix}:${'long-'.repeat(20)}:meta`, 'v', '1');
  const interrupt = new AbortController();
  const { out } = await queue.cli('top', {
    columns,
    rows: 24,
    interrupted: interrupt.signal,
    onText: (text) => text.includes('QUEUE') && interrupt.abort(),
  });
  const widths = out.split('\n').map((line) => stringWidth(line));
  expect(Math.max(...widths)).toBe(columns);
});

it('resumes when Redis is back on a terminal, and fails in a script', async () => {
  const proxy = await TcpProxy.start({ target: queue.redis });
  const interrupt = new AbortController();
  const shown: string[] = [];
  const argv = ['top', '--interval', '100ms', '--prefix', queue.prefix];
  const line = [...argv, '--redis', proxy.through(queue.redis.url)];
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
