import { ratio, wholeNumber } from './number-options.js';

it.each([1, 3, 1_000])('accepts %p as a whole number of at least 1', (value) => {
  expect(wholeNumber('attempts', value, { min: 1 })).toBe(value);
});

it.each([0, -1, 1.5, Number.NaN, Infinity, '3', undefined, 2 ** 53])(
  'refuses %p as a whole number of at least 1',
  (value) => {
    expect(() => wholeNumber('policies.sms.retry.attempts', value, { min: 1 })).toThrow(
      /^policies\.sms\.retry\.attempts: got .+; use a whole number >= 1$/,
    );
  },
);

it.each([0, 0.5, 1])('accepts %p as a ratio', (value) => {
  expect(ratio('failureRatio', value)).toBe(value);
});

it.each([50, -0.1, Number.NaN, '0.5', undefined])('refuses %p as a ratio', (value) => {
  expect(() => ratio('failureRatio', value)).toThrow('use a number from 0 to 1');
});
