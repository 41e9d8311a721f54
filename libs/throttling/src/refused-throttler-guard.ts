import { OptionError } from '@loyalnest/core';

/**
 * What a `ThrottlerGuard` of `@nestjs/throttler` gets as its options in an application with
 * `ThrottlingModule`. It fails the boot: such a guard would count each request a second time, by other
 * rules.
 */
export const REFUSED_THROTTLER_OPTIONS = {
  get throttlers(): never {
    throw new OptionError(
      'ThrottlingModule',
      'a guard that extends ThrottlerGuard of @nestjs/throttler',
      'let it extend ThrottlingGuard, which has the same methods, and pass it as ' +
        'ThrottlingModule.forRoot({ guard })',
    );
  },
};
