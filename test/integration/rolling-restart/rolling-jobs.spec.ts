import { mutatedJobsPlan, shortJobsPlan } from '../../chaos/rolling-jobs/plans.ts';
import { RollingJobsSite } from '../../chaos/rolling-jobs/rolling-jobs.ts';

let site: RollingJobsSite;

beforeAll(async () => {
  site = await RollingJobsSite.start();
}, 60_000);
afterAll(() => site.stop());

it('gives each job one effect and counts no hand-back as an attempt, over restarts under load', async () => {
  const { problems, restarts, jobs, rows, children, rerun } = await site.run(
    shortJobsPlan('SIGTERM'),
  );
  expect(problems).toEqual([]);
  expect(restarts).toHaveLength(3);
  expect([rows, children]).toEqual([jobs, jobs]);
  expect(jobs).toBeGreaterThan(100);
  // Otherwise no job was handed back.
  expect(rerun).toBeGreaterThan(0);
}, 200_000);

it('gives each job one effect when workers are killed under load', async () => {
  const { problems, jobs, rows, rerun } = await site.run(shortJobsPlan('SIGKILL'));
  expect(problems).toEqual([]);
  expect(rows).toBe(jobs);
  expect(rerun).toBeGreaterThan(0);
}, 200_000);

it.each([
  ['no-pause', /runs began during a shutdown/],
  ['pools-first', /runs were counted as another attempt/],
] as const)(
  'does not balance with %s',
  async (mutation, problem) => {
    const { problems } = await site.run(mutatedJobsPlan(mutation));
    expect(problems).toContainEqual(expect.stringMatching(problem));
  },
  200_000,
);
