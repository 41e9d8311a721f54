import { emergencyBudget, resolveShutdownOptions } from './graceful-shutdown.options.js';

const resolve = (
  options: Parameters<typeof resolveShutdownOptions>[0],
  environment: NodeJS.ProcessEnv = {},
) => resolveShutdownOptions(options, environment).budget;

it('gives jobs the part of 30 s that the other phases leave', () => {
  expect(resolve({})).toEqual({
    propagationMs: 0,
    httpDrainMs: 10_000,
    jobDrainMs: 20_000,
    hooksMs: 4_000,
    closeMs: 2_000,
    flushMs: 2_000,
    deadlineMs: 28_000,
  });
});

it('waits for the removal of the endpoint only in Kubernetes', () => {
  const kubernetes = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  expect(resolve({}, kubernetes).propagationMs).toBe(5_000);
  expect(resolve({ propagationDelay: 0 }, kubernetes).propagationMs).toBe(0);
});

it.each([
  [
    { gracePeriod: '10s' },
    "GracefulShutdownModule.gracePeriod: got '10s'; the phases need 20000 ms",
  ],
  [{ httpDrain: '21s' }, "GracefulShutdownModule.gracePeriod: got '30s'; the phases need 31000 ms"],
  [{ jobDrain: '21s' }, 'the phases need 31000 ms'],
  [{ propagationDelay: '11s' }, 'the phases need 31000 ms'],
  [{ gracePeriod: '1s', httpDrain: 0, hooks: 0, close: 0, flush: 0 }, 'the phases need 2000 ms'],
  [{ flush: Number.NaN }, 'GracefulShutdownModule.flush: got NaN'],
] as const)('refuses to boot with %j', (options, message) => {
  expect(() => resolve(options)).toThrow(message);
});

it('shortens every phase after an uncaught exception', () => {
  const budget = emergencyBudget(resolve({}, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }));
  expect(budget).toMatchObject({ propagationMs: 0, httpDrainMs: 3_000, jobDrainMs: 3_000 });
  expect(budget.deadlineMs).toBe(7_000);
});
