import { RedriveEngine } from '@loyalnest/queue/operator';
import { eventually, RedisServer } from '@loyalnest/testing';
import { UnrecoverableError } from 'bullmq';
import { DeadLetterFixture } from '@loyalnest/testing/dead-letters';
import { loyalnest, type CliResult, type CliSetting } from '../../../test/command-line.js';

let redis: RedisServer;
let fixture: DeadLetterFixture;

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(() => {
  fixture = new DeadLetterFixture(redis);
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

const cli = (line: string, setting: CliSetting = {}): Promise<CliResult> =>
  loyalnest(['--redis', redis.url, '--prefix', fixture.prefix, ...line.split(' ')], setting);

it('counts the matching dead letters with --dry-run, and redrives none', async () => {
  await fixture.bury(5);
  expect(await cli('dlq redrive points --all --dry-run')).toMatchObject({
    code: 0,
    out: "5 dead letters of 'points' would be redriven\n",
  });
  expect(await fixture.bull.getFailedCount()).toBe(5);
});

it('redrives matching dead letters in the foreground, and prints the outcome', async () => {
  await fixture.bury(5);
  await fixture.bury(2, { failure: '[expired] too old' });
  fixture.work(async () => undefined);
  const { code, out, err } = await cli('dlq redrive points --reason exhausted --rate 1000 --yes');
  expect(code).toBe(0);
  expect(out).toMatch(/completed +5 +5 +5 +0 /);
  expect(err).toContain('of 5 redriven');
  expect(await fixture.bull.getFailedCount()).toBe(2);
});

it('asks before it redrives many, and needs --yes without a terminal', async () => {
  await fixture.bury(3);
  const script = await cli('dlq redrive points --all');
  expect(script).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
  const person = await cli('dlq redrive points --all', { answer: 'no' });
  expect(person).toMatchObject({
    code: 130,
    err: expect.stringContaining('Redrive 3 dead letters'),
  });
  expect(await fixture.bull.getFailedCount()).toBe(3);
});

it('exits with 1 if the canary fails again', async () => {
  await fixture.bury(5);
  fixture.work(async () => {
    throw new UnrecoverableError('still broken');
  });
  const { code, out } = await cli('dlq redrive points --all --yes --json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ count: 5, task: { state: 'stopped', redriven: 1 } });
});

it('leaves a task at Ctrl-C that redrives resume continues', async () => {
  await fixture.bury(30);
  const interrupt = new AbortController();
  const run = cli('dlq redrive points --all --canary 0 --rate 1 --yes', {
    interrupted: interrupt.signal,
  });
  await eventually(async () => expect(await fixture.bull.getFailedCount()).toBeLessThan(30));
  interrupt.abort();
  const { code, err } = await run;
  expect(code).toBe(130);
  expect(err).toContain('loyalnest redrives resume points');
  const [task] = await new RedriveEngine(fixture.letters()).list();
  expect(task).toMatchObject({ state: 'running' });
  fixture.work(async () => undefined);
  const resumed = cli('redrives resume points --json');
  await eventually(async () => expect(await fixture.bull.getFailedCount()).toBeLessThan(29), {
    within: '10s',
  });
  const cancelled = await cli(`redrives cancel points ${task!.id} --by bob --json`);
  expect(JSON.parse(cancelled.out)).toMatchObject({ state: 'cancelled', note: 'cancelled by bob' });
  expect(await resumed).toMatchObject({ code: 1 });
  expect((await cli('redrives list points')).out).toContain('cancelled by bob');
});

it('cancels the task at Ctrl-C with --on-interrupt cancel', async () => {
  await fixture.bury(30);
  const interrupt = new AbortController();
  const line = 'dlq redrive points --all --canary 0 --rate 1 --yes --on-interrupt cancel';
  const run = cli(line, { interrupted: interrupt.signal });
  await eventually(async () => expect(await fixture.bull.getFailedCount()).toBeLessThan(30));
  interrupt.abort();
  expect((await run).code).toBe(130);
  expect(await new RedriveEngine(fixture.letters()).active()).toBeUndefined();
});

it('follows a task that a service runs instead of starting another', async () => {
  await fixture.bury(4);
  const runs: string[] = [];
  const service = new RedriveEngine(fixture.letters());
  const { id } = await service.start({ by: 'ada', rate: 2, canary: 0 });
  const theirs = service.run(id);
  fixture.work(async (job) => void runs.push(job.id!));
  const { code, out, err } = await cli('dlq redrive points --all --yes --json');
  expect(code).toBe(4);
  expect(err).toContain(`task '${id}' by 'ada' is active`);
  expect(JSON.parse(out)).toMatchObject({ following: { id, state: 'completed', succeeded: 4 } });
  expect(await theirs).toBe('ended');
  expect(new Set(runs).size).toBe(4);
  expect(runs).toHaveLength(4);
});

it('records in the audit trail who started the task', async () => {
  await fixture.bury(1);
  await cli('dlq redrive points --reason exhausted --canary-timeout 50ms --yes --by ada');
  const { out } = await cli('audit --json');
  expect(JSON.parse(out).entries).toMatchObject([
    { by: 'ada', command: 'start-redrive', filter: { reason: 'exhausted' }, outcome: 'done' },
  ]);
});
