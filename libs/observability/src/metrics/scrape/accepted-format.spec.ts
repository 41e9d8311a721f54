import { acceptedFormat } from './accepted-format.js';

const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.3';

it.each([
  [undefined, 'text'],
  ['', 'text'],
  ['*/*', 'text'],
  ['text/html', 'text'],
  ['text/plain; version=0.0.4', 'text'],
  [PROMETHEUS, 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['application/openmetrics-text; version="1.0.0"', 'openmetrics'],
  ['application/openmetrics-text; version=2.0.0', 'text'],
  ['application/openmetrics-text; q=0', 'text'],
  ['application/openmetrics-text; q=2', 'text'],
  ['application/openmetrics-text; q=0.4, text/plain; q=0.5', 'text'],
])('answers Accept %j in the format %s', (accept, format) => {
  expect(acceptedFormat(accept)).toBe(format);
});
