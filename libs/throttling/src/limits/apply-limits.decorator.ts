import { SetMetadata } from '@nestjs/common';

export const APPLIED_LIMITS = '@loyalnest/throttling:applied-limits';

/**
 * Applies limits with `everywhere: false` to a route or to all routes of a controller. Routes with the
 * same name share one limit. The boot fails if no limit has the name.
 *
 * @example
 * @ApplyLimits('sign-in')
 */
export function ApplyLimits(
  ...names: readonly [string, ...string[]]
): ClassDecorator & MethodDecorator {
  return SetMetadata(APPLIED_LIMITS, names);
}
