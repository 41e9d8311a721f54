import { classifyResult } from './classify-result.js';

const NO_HEADERS = { headers: {} };

it.each([
  ['a fetch Response', (status: number) => new Response(null, { status })],
  ['a response of axios', (status: number) => ({ status, data: {}, ...NO_HEADERS })],
  ['a response of undici or got', (statusCode: number) => ({ statusCode, ...NO_HEADERS })],
])('counts %s by its status', (_what, responseOf) => {
  const outcomeOf = (status: number): string => classifyResult(responseOf(status)).outcome;
  expect([200, 304, 404, 409].map(outcomeOf)).toEqual(Array(4).fill('success'));
  expect([408, 425, 500, 503].map(outcomeOf)).toEqual(Array(4).fill('failure'));
  expect([401, 403, 407, 429].map(outcomeOf)).toEqual(Array(4).fill('neutral'));
});

it.each([
  undefined,
  null,
  503,
  'text',
  { status: 503 },
  { status: 'failed', headers: {} },
  { statusCode: 503, headers: null },
  [503],
  new Error('returned'),
])('counts %p as a success, because it is no HTTP response', (value) => {
  expect(classifyResult(value)).toEqual({ outcome: 'success', retryable: false });
});

it('finds the problem code of a returned response', () => {
  const data = { status: 503, code: 'OVERLOADED' };
  expect(classifyResult({ status: 503, data, ...NO_HEADERS })).toMatchObject({
    outcome: 'neutral',
    reason: 'rejected',
    retryable: false,
  });
});
