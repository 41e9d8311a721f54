import type { HealthStatus } from '@loyalnest/core';
import { Hysteresis } from './hysteresis.js';

function statuses(failures: number, successes: number, seen: readonly HealthStatus[]): string {
  const hysteresis = new Hysteresis({ failures, successes });
  return seen.map((status) => hysteresis.next(status)).join(' ');
}

it.each<[string, number, number, HealthStatus[], string]>([
  ['takes the first observation as it is', 3, 2, ['down'], 'down'],
  [
    'stays up until enough observations fail in a row',
    3,
    1,
    ['up', 'down', 'down', 'down'],
    'up up up down',
  ],
  [
    'restarts the count after a success',
    2,
    1,
    ['up', 'down', 'up', 'down', 'degraded', 'down', 'down'],
    'up up up up degraded degraded down',
  ],
  ['comes back after enough successes in a row', 1, 2, ['down', 'up', 'up'], 'down down up'],
  [
    'restarts the count of successes after a failure',
    1,
    2,
    ['down', 'up', 'down', 'degraded', 'up'],
    'down down down down up',
  ],
  ['reports degraded at once', 3, 3, ['up', 'degraded', 'up'], 'up degraded up'],
])('%s', (_title, failures, successes, seen, expected) => {
  expect(statuses(failures, successes, seen)).toBe(expected);
});

it('is undecided while observations disagree with the status', () => {
  const hysteresis = new Hysteresis({ failures: 2, successes: 2 });
  const decided = (['up', 'down', 'down', 'up', 'up'] as const).map((status) => {
    hysteresis.next(status);
    return hysteresis.isDecided;
  });
  expect(decided).toEqual([true, false, true, false, true]);
});
