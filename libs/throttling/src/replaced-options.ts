import { OptionError } from '@loyalnest/core';

/** Options of `@nestjs/throttler`, and what replaces them. Without an error, they would have no effect. */
const REPLACED: Readonly<Record<string, string>> = {
  throttlers: "list limits instead: limits: [{ name, by: 'ip', limit, per }]",
  ttl: 'use per',
  skipIf: 'use skip, or @SkipThrottle()',
  ignoreUserAgents: "use skip: (context) => ..., and read the request's user-agent",
  blockDuration: 'remove it: no client is blocked for longer than its limit',
  getTracker: 'use by: (request) => ..., or a guard of your own: forRoot({ guard })',
  generateKey: 'use a guard of your own with generateKey: forRoot({ guard })',
  errorMessage: 'use a guard of your own with getErrorMessage: forRoot({ guard })',
  setHeaders: 'use headers',
  storage: 'use url or connection',
  ipv6SubnetPrefix: 'use ipv6Prefix',
};

/** @throws OptionError for an option that only `@nestjs/throttler` has */
export function refuseThrottlerOptions(path: string, options: object): void {
  for (const [name, remedy] of Object.entries(REPLACED)) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) throw new OptionError(`${path}.${name}`, value, remedy);
  }
}
