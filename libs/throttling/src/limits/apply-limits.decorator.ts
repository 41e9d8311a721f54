import { SetMetadata } from '@nestjs/common';

export const APPLIED_LIMITS = '@loyalnest/throttling:applied-limits';

/**
 * Puts limits with `everywhere: false` on a route or on all routes of a controller. All that carry the
 * same name share one limit. The boot fails for a name that no limit has.
 *
 * @example
 * @ApplyLimits('sign-in')
 */
export function ApplyLimits(
  ...names: readonly [string, ...string[]]
): ClassDecorator & MethodDecorator {
  return SetMetadata(APPLIED_LIMITS, names);
}
