import fc from 'fast-check';
import { createBackoff, type BackoffOptions, type Jitter } from './backoff.js';

const options: BackoffOptions = { initial: '100ms', max: '1s' };

it('doubles up to the bound without jitter', () => {
  const backoff = createBackoff('backoff', { ...options, jitter: 'none' });
  expect([1, 2, 3, 4, 5, 6].map((retry) => backoff(retry))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ]);
});

it('stays at 0 with an initial delay of 0, however many retries', () => {
  expect(createBackoff('backoff', { initial: 0, jitter: 'none' })(2_000)).toBe(0);
});

it('keeps the delay fixed with a factor of 1', () => {
  const backoff = createBackoff('backoff', { ...options, factor: 1, jitter: 'none' });
  expect([1, 2, 9].map((retry) => backoff(retry))).toEqual([100, 100, 100]);
});

it.each<[Jitter, number, number]>([
  ['full', 0, 400],
  ['equal', 200, 400],
])('spreads the third delay with %s jitter from %p to %p ms', (jitter, min, max) => {
  const at = (random: number) => createBackoff('backoff', { ...options, jitter }, () => random)(3);
  expect(at(0)).toBe(min);
  expect(at(0.999_999)).toBeCloseTo(max, 1);
});

it('spreads a decorrelated delay from the base to three times the previous one', () => {
  const at = (random: number) =>
    createBackoff('backoff', { ...options, jitter: 'decorrelated' }, () => random)(2, 200);
  expect(at(0)).toBe(100);
  expect(at(0.999_999)).toBeCloseTo(600, 1);
});

it('stays within its bounds for every jitter, number of retries and random number', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Jitter>('full', 'equal', 'decorrelated', 'none'),
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      fc.integer({ min: 0, max: 200_000 }),
      (jitter, initial, more, retry, chance, previous) => {
        const max = initial + more;
        const delay = createBackoff('b', { initial, max, jitter }, () => chance)(retry, previous);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(max);
      },
    ),
  );
});

it.each([
  [{ initial: '2s', max: '1s' }, 'backoff.max'],
  [{ factor: 0.5 }, 'backoff.factor: got 0.5; use a number >= 1'],
  [{ factor: Number.NaN }, 'backoff.factor'],
  [{ jitter: 'some' }, 'use one of full, equal, decorrelated, none'],
  [{ initial: Number.NaN }, 'backoff.initial'],
])('refuses %p', (wrong, message) => {
  expect(() => createBackoff('backoff', wrong as BackoffOptions)).toThrow(message);
});
