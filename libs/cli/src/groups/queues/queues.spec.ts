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

it('works whatever the names of queues and the texts in them contain', async () => {
  const odd = 'monthly\u001b[2J\u202e report\nFAKE LINE\u3164';
  await queue.client.hset(`${queue.prefix}:${odd}:meta`, 'v', '1');
  const shown = 'monthly\ufffd[2J\ufffd report FAKE LINE\ufffd';
  for (const command of ['queues', 'top --once', 'doctor']) {
    const { code, out, err } = await queue.cli(command);
    expect({ command, err, failed: code > 1 }).toEqual({ command, err: '', failed: false });
    expect(out).toContain(shown);
    expect(out).not.toMatch(/^FAKE/m);
  }
  expect((await queue.json('queues')).queues.map((one: { queue: string }) => one.queue)).toContain(
    odd,
  );
  expect((await queue.json(['pause', odd])).paused).toBe(true);
  const { code, err } = await queue.cli('dlq list none');
  expect(code).toBe(1);
  expect(err).toBe(
    `loyalnest: Redis under the prefix ${queue.prefix} has no queue 'none'; there are ${shown}, points\n`,
  );
});
