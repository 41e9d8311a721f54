import { durationMs, MAX_TIMER_MS } from './duration.js';
import { OptionError } from '../options/option.error.js';

it.each([
  [250, 250],
  [0, 0],
  ['250ms', 250],
  ['2s', 2_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  [' 2s ', 2_000],
])('reads %p as %p ms', (value, ms) => {
  expect(durationMs('timeout', value)).toBe(ms);
});

it.each([Number.NaN, -1, Infinity, '2', '2 s', 's', '-2s', '1e3s', '', undefined, null, {}, '2S'])(
  'refuses %p with path, value and remedy',
  (value) => {
    expect(() => durationMs('policies.sms.timeout', value)).toThrow(OptionError);
    expect(() => durationMs('policies.sms.timeout', value)).toThrow(
      /^policies\.sms\.timeout: got .+; use milliseconds or a string such as '500ms'/,
    );
  },
);

it('refuses a delay that a Node timer would shorten to 1 ms', () => {
  expect(durationMs('timeout', MAX_TIMER_MS)).toBe(MAX_TIMER_MS);
  expect(() => durationMs('timeout', '25d')).toThrow('use a duration from 0 ms to 2147483647 ms');
  expect(durationMs('retention', '30d', { maxMs: Infinity })).toBe(2_592_000_000);
});

it('refuses a duration below the minimum', () => {
  expect(() => durationMs('timeout', 0, { minMs: 1 })).toThrow('timeout: got 0; use a duration');
});
