import { OutageReport } from './outage-report.js';

function create() {
  const lines: string[] = [];
  const logger = {
    warn: (line: string) => lines.push(`warn ${line}`),
    log: (line: string) => lines.push(`log ${line}`),
  };
  const words = { begin: 'Redis is unavailable', end: 'Redis is available again' };
  return { report: new OutageReport(logger, words), lines };
}

it('logs one line at the beginning of an outage and one at its end', () => {
  const { report, lines } = create();
  for (let outage = 1; outage <= 2; outage++) {
    for (let i = 0; i < 3; i++) report.begin(new Error(`failure ${i} of outage ${outage}`));
    for (let i = 0; i < 3; i++) report.end();
  }
  expect(lines).toEqual([
    'warn Redis is unavailable: failure 0 of outage 1',
    'log Redis is available again',
    'warn Redis is unavailable: failure 0 of outage 2',
    'log Redis is available again',
  ]);
});

it('returns whether a call begins or ends an outage', () => {
  const { report } = create();
  expect([report.isOutage, report.end()]).toEqual([false, false]);
  expect([report.begin(''), report.begin('again'), report.isOutage]).toEqual([true, false, true]);
  expect([report.end(), report.end(), report.isOutage]).toEqual([true, false, false]);
});
