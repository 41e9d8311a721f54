import { runInNewContext } from 'node:vm';
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

it('says why even if the error has no message, and never throws', () => {
  const refused = ['::1', '127.0.0.1'].map((host) => new Error(`connect ECONNREFUSED ${host}:1`));
  const reasons = [
    new AggregateError(refused),
    new AggregateError([]),
    new TypeError(),
    Object.create(null),
    undefined,
  ];
  const { report, lines } = create();
  for (const reason of reasons) {
    report.begin(reason);
    report.end();
  }
  expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
    'warn Redis is unavailable: connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1',
    'warn Redis is unavailable: AggregateError',
    'warn Redis is unavailable: TypeError',
    'warn Redis is unavailable: [Object: null prototype] {}',
    'warn Redis is unavailable: undefined',
  ]);
});

it('gives the message of an error of another realm', () => {
  const { report, lines } = create();
  report.begin(runInNewContext("new TypeError('no route to host')"));
  expect(lines).toEqual(['warn Redis is unavailable: no route to host']);
});

it('returns whether a call begins or ends an outage', () => {
  const { report } = create();
  expect([report.isOutage, report.end()]).toEqual([false, false]);
  expect([report.begin(''), report.begin('again'), report.isOutage]).toEqual([true, false, true]);
  expect([report.end(), report.end(), report.isOutage]).toEqual([true, false, false]);
});
