import { OptionError } from '@loyalnest/core';
import { serverTimeouts } from './server-timeouts.js';

it.each([
  [{}, undefined, {}],
  [{}, '4s', { idleTimeout: 30_000 }],
  [{ heartbeat: '5s' }, '1m', { heartbeat: '5s', idleTimeout: 65_000 }],
  [{ idleTimeout: '90s' }, '1m', { idleTimeout: '90s' }],
  [{ idleTimeout: 0 }, '1m', { idleTimeout: 0 }],
] as const)(
  'turns %p with a request timeout of %p into %p',
  (options, requestTimeout, expected) => {
    expect(serverTimeouts(options, requestTimeout)).toEqual(expected);
  },
);

it('refuses an idle limit that would cut answers', () => {
  const refused = (): unknown => serverTimeouts({ idleTimeout: '10s' }, '10s');
  expect(refused).toThrow(OptionError);
  expect(refused).toThrow(
    "ServiceDefaultsModule.httpServer.idleTimeout: got '10s'; use more than requestTimeout, which is 10000 ms",
  );
});
