import { AbandonedQueue } from '../../../test/abandoned-queue.js';
import { loyalnest } from '../../../test/command-line.js';

let queue: AbandonedQueue;

beforeAll(async () => {
  queue = await AbandonedQueue.start();
});
beforeEach(() => queue.fill());
afterAll(() => queue.stop());

it('lists all queues with their jobs, workers and dead letters', async () => {
  const { code, out } = await queue.cli('queues');
  expect(code).toBe(0);
  expect(out).toMatch(/^QUEUE +STATE +WORKERS +WAITING/);
  expect(out).toMatch(/^points +running +0 +0 +- .* 10 /m);
  const { queues } = await queue.json('queues');
  expect(queues[0]).toMatchObject({ queue: 'points', counts: { deadLetters: 10 } });
});

it('suggests another prefix if there is no queue', async () => {
  const { code, out } = await loyalnest([
    'queues',
    '--redis',
    queue.redis.url,
    '--prefix',
    '{none}',
  ]);
  expect(code).toBe(0);
  expect(out).toContain("no queue under the prefix '{none}'; try another --prefix");
});

it('pauses and resumes a queue', async () => {
  expect((await queue.json('pause points')).paused).toBe(true);
  expect(await queue.client.hexists(`${queue.prefix}:points:meta`, 'paused')).toBe(1);
  expect((await queue.json('resume points')).paused).toBe(false);
});
