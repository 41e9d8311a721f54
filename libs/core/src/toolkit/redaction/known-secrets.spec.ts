import { KnownSecrets } from './known-secrets.js';

const SECRET = 'hunter2';

it.each([
  'redis://ada:hunter2@cache:6379',
  'redis//ada:hunter2@cache',
  'ada:hunter2@cache:6379',
  'redis://hunter2@cache',
  '--redis=redis://ada:hunter2/x@cache',
  'redis://ada:"hunter2"/x@cache',
  'redis://ada:a,hunter2/x@cache',
  'redis://:a@one,redis://:hunter2/x@two',
  'redis://ada:hunter2',
  'redis://:hunter2/0',
  'redis://ada:hunter2%21@[::1]:6379',
  "redis://ada:it's hunter2@cache",
  'redis://cache:6379?password=hunter2',
  'rediss://one?a=1,rediss://two/0?db=1&password=a%20hunter2#x',
])('finds the secret of %s wherever it is printed', (given) => {
  const secrets = new KnownSecrets([given]);
  const message = `'${given}' is wrong; see ${encodeURI(given)} and ${decodeURIComponent(given)}`;
  for (const text of [message, JSON.stringify({ message }), given]) {
    expect(secrets.hide(text)).not.toContain(SECRET);
  }
});

it.each([
  'ada2@example.com',
  '2@example.com',
  'redis://cache:6379/2',
  'redis://cache?db=2',
  'redis://[::1]:22',
  'a:2',
  '',
])('takes nothing of %p for a secret', (given) => {
  const text = 'running: 2 of 22 redriven, a:2 of cache:6379, by ada2';
  expect(new KnownSecrets([given]).hide(text)).toBe(text);
});

it('hides the given passwords, the longest first', () => {
  const secrets = new KnownSecrets([undefined], ['hunter', 'hunter2', '', undefined]);
  expect(secrets.hide('hunter2 and hunter')).toBe('*** and ***');
});
