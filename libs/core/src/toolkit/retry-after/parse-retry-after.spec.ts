import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MAX_TIMER_MS } from '../../duration/duration.js';
import { parseHttpDate } from './http-date.js';
import { parseRetryAfter } from './parse-retry-after.js';

const now = Date.UTC(2026, 10, 21, 8, 0, 0);

describe('seconds', () => {
  it.each<[unknown, number | undefined]>([
    ['120', 120_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['007', 7_000],
    [3, 3_000],
    [0.25, 250],
    [0, 0],
    ['99999999999', MAX_TIMER_MS],
    ['9'.repeat(400), MAX_TIMER_MS],
    [Infinity, MAX_TIMER_MS],
    ['-5', undefined],
    [-5, undefined],
    [Number.NaN, undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['.5', undefined],
    ['5.', undefined],
    ['+5', undefined],
    ['5 s', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
    [null, undefined],
    [true, undefined],
    [{}, undefined],
  ])('%p are %p ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

describe('a date', () => {
  it.each<[unknown, number | undefined]>([
    ['Sat, 21 Nov 2026 08:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 08:00:30 GMT', 30_000],
    ['Sat Nov 21 08:00:30 2026', 30_000],
    [' Sat, 21 Nov 2026 08:00:30 GMT ', 30_000],
    [new Date(now + 30_000), 30_000],
    ['Fri, 20 Nov 2026 08:00:00 GMT', 0],
    [new Date(now - 1), 0],
    ['Sun Nov  6 08:49:37 1994', 0],
    ['Sun, 06 Nov 9994 08:49:37 GMT', MAX_TIMER_MS],
    [new Date(Number.NaN), undefined],
  ])('%p is %p ms away', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  it.each([
    'Sat Nov 21 08:00:30 2026 GMT',
    'Sat, 21 Nov 2026 08:00:30 +0000',
    'Sat, 21 Nov 2026 08:00:30 UTC',
    'Sat, 21 Nov 2026 08:00:30',
    'Sat, 21 Nov 26 08:00:30 GMT',
    'Sat, 1 Nov 2026 08:00:30 GMT',
    'sat, 21 nov 2026 08:00:30 gmt',
    '21 Nov 2026 08:00:30 GMT',
    'Saturday, 21-Nov-2026 08:00:30 GMT',
    'Sat, 21-Nov-26 08:00:30 GMT',
    'Sat Nov 6 08:00:30 2026',
    '2026-11-21T08:00:30Z',
    '11/21/2026',
    'Nov 2026',
    'Sat, 31 Feb 2026 08:00:30 GMT',
    'Sat, 00 Nov 2026 08:00:30 GMT',
    'Sat, 21 Nov 2026 24:00:00 GMT',
    'Sat, 21 Nov 2026 08:60:00 GMT',
    'Sat, 21 Nov 2026 08:00:61 GMT',
  ])('refuses %p', (text) => {
    expect(parseRetryAfter(text, now)).toBeUndefined();
  });

  it.each([
    ['26', 2026],
    ['25', 2025],
    ['76', 2076],
    ['77', 1977],
    ['94', 1994],
    ['00', 2000],
  ])('with the year %s is in %i if it is read in 2026: at most 50 years ahead', (digits, year) => {
    // Any time before 08:00 on November 21, 2076 is not more than 50 years ahead.
    const at = parseHttpDate(`Friday, 20-Nov-${digits} 08:00:00 GMT`, now);
    expect(new Date(at!).getUTCFullYear()).toBe(year);
  });

  it('with a year of two digits is in the past if it would be 50 years and a second ahead', () => {
    const at = (second: string) => parseHttpDate(`Saturday, 21-Nov-76 08:00:${second} GMT`, now);
    expect(at('00')).toBe(Date.UTC(2076, 10, 21, 8));
    expect(at('01')).toBe(Date.UTC(1976, 10, 21, 8, 0, 1));
  });

  it('with a year of two digits may be in the next century', () => {
    const inTheNineties = Date.UTC(2095, 0, 1);
    const at = parseHttpDate('Saturday, 01-Jan-05 00:00:00 GMT', inTheNineties);
    expect(at).toBe(Date.UTC(2105, 0, 1));
  });

  it('may have a leap second, and a year before 100', () => {
    expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT', now)).toBe(Date.UTC(2017, 0, 1));
    expect(new Date(parseHttpDate('Mon, 01 Jan 0050 00:00:00 GMT', now)!).getUTCFullYear()).toBe(
      50,
    );
  });

  it('in the format of asctime is UTC in every time zone', () => {
    const source = JSON.stringify(pathToFileURL(join(__dirname, 'http-date.ts')).href);
    const text = 'Sat Nov 21 08:00:30 2026';
    const script = `import { parseHttpDate } from ${source};
      console.log(JSON.stringify([parseHttpDate('${text}', 0), Date.parse('${text}')]));`;
    const shown = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TZ: 'Asia/Tokyo' },
      encoding: 'utf8',
    });
    const utc = Date.UTC(2026, 10, 21, 8, 0, 30);
    expect(JSON.parse(shown)).toEqual([utc, utc - 9 * 3_600_000]);
  });
});

it.each<[readonly unknown[], number | undefined]>([
  [['5', '120'], 120_000],
  [['soon', '5'], 5_000],
  [['0'], 0],
  [['soon'], undefined],
  [[], undefined],
])('the longest of the values %j counts', (values, expected) => {
  expect(parseRetryAfter(values, now)).toBe(expected);
});
