const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';

/** IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`. */
const IMF_FIXDATE = new RegExp(`^${DAY}, (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`);
/** RFC 850, `Sunday, 06-Nov-94 08:49:37 GMT`. */
const RFC_850 = new RegExp(`^${LONG_DAY}, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`);
/** asctime of C, `Sun Nov  6 08:49:37 1994`. It has no time zone and means UTC. */
const ASCTIME = new RegExp(`^${DAY} ${MONTH} (?<day>\\d{2}| \\d) ${TIME} (?<year>\\d{4})$`);

const CENTURY = 100;
const MAX_FUTURE_YEARS = 50;

/**
 * Parses an HTTP date in one of its three formats (RFC 9110, section 5.6.7). `Date.parse` would accept
 * many other formats, and would read asctime as local time.
 *
 * @param nowMs milliseconds since 1970, to complete a year of two digits
 * @returns milliseconds since 1970; undefined for anything else, such as February 30
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const full = (IMF_FIXDATE.exec(text) ?? ASCTIME.exec(text))?.groups;
  if (full) return timeOf(full, Number(full['year']));
  const short = RFC_850.exec(text)?.groups;
  return short && timeInReach(short, nowMs);
}

/**
 * Uses the latest year with these two digits that puts the date at most 50 years in the future. RFC 9110
 * says that a date which seems further in the future is in the past.
 */
function timeInReach(fields: Fields, nowMs: number): number | undefined {
  const limit = new Date(nowMs);
  limit.setUTCFullYear(limit.getUTCFullYear() + MAX_FUTURE_YEARS);
  const limitYear = limit.getUTCFullYear();
  const year = limitYear - (limitYear % CENTURY) + Number(fields['year']);
  for (const candidate of [year, year - CENTURY]) {
    const atMs = timeOf(fields, candidate);
    if (atMs !== undefined && atMs <= limit.getTime()) return atMs;
  }
  return undefined;
}

type Fields = Readonly<Record<string, string>>;

function timeOf(fields: Fields, year: number): number | undefined {
  const month = MONTHS.indexOf(fields['month']!);
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) =>
    Number(fields[name]),
  ) as [number, number, number, number];
  // 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  // Unlike Date.UTC, this does not read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month, day);
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second);
}
