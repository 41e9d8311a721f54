import { causeFingerprint, errorName, normaliseMessage, topFrame } from './cause-fingerprint.js';
import { nameStack } from '../../worker/named-stack.js';

it.each([
  ['order 1001 of 3,500.25 points', 'order <n> of <n> points'],
  ['no account \'ada lovelace\' at "shop"', 'no account <text> at <text>'],
  ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <address>'],
  ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED <address>'],
  ['getaddrinfo ENOTFOUND postgres:5432', 'getaddrinfo ENOTFOUND <address>'],
  ['GET https://shop.example/orders/7?x=1 failed', 'GET <address> failed'],
  ['no mail to ada@shop.example', 'no mail to <address>'],
  ['event 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone', 'event <id> is gone'],
  ['trace 4bf92f3577b34da6a3ce929d0e0e4736 at 0xdeadBEEF', 'trace <id> at <id>'],
  ['facade defaced', 'facade defaced'],
])('%s: replaces the parts that differ between jobs', (message, expected) => {
  expect(normaliseMessage(message)).toBe(expected);
});

const stack = (line: number, file = 'file:///app/dist/handlers/points.js'): string =>
  [
    'LedgerClosedError: no',
    '    at node:internal/process/task_queues:95:5',
    `    at async Object.query (/app/node_modules/pg/client.js:${line}:7)`,
    `    at async PointsHandler.award (${file}:${line}:9)`,
  ].join('\n');

it('takes the first frame of the own code, without its line and its folder', () => {
  expect(topFrame(stack(10))).toBe('PointsHandler.award handlers/points.js');
  expect(topFrame(stack(99, '/srv/v2/dist/handlers/points.js'))).toBe(topFrame(stack(10)));
  expect(topFrame('Error: no\n    at /app/dist/main.js:1:2')).toBe('dist/main.js');
  expect(topFrame(undefined)).toBe('');
});

it('distinguishes causes by job, class, message and frame', () => {
  const cause = { job: 'points.award', message: 'no 1', stack: stack(1) };
  const same = causeFingerprint({ ...cause, message: 'no 2', stack: stack(7) });
  expect(causeFingerprint(cause)).toBe(same);
  for (const other of [
    { ...cause, job: 'points.spend' },
    { ...cause, message: 'yes 1' },
    { ...cause, stack: stack(1).replace('LedgerClosed', 'LedgerFull') },
    { ...cause, stack: stack(1).replace('award', 'spend') },
  ]) {
    expect(causeFingerprint(other)).not.toBe(same);
  }
});

it('needs no longer for a message of a megabyte than for one of a kilobyte', () => {
  const startedAt = performance.now();
  for (const part of ['a.', '1:', "'x", 'a@b.', '0x', 'ab:'])
    causeFingerprint({ job: 'a.b', message: part.repeat(500_000), stack: part.repeat(500_000) });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

it('reads the class of an error from the stack', () => {
  class LedgerClosedError extends Error {}
  const error = new LedgerClosedError('no');
  expect(errorName(error.stack)).toBe('Error');
  nameStack(error);
  expect(errorName(error.stack)).toBe('LedgerClosedError');
  nameStack('no error');
  nameStack(Object.freeze(new LedgerClosedError('no')));
});
