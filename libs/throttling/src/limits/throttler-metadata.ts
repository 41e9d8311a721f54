import { SKIP_THROTTLE } from '@loyalnest/core';
import type { Resolvable, ThrottlerOptions } from '@nestjs/throttler';

// Keys that the decorators of @nestjs/throttler write. It does not export them.
const SKIP = 'THROTTLER:SKIP';
const LIMIT = 'THROTTLER:LIMIT';
const TTL = 'THROTTLER:TTL';
const BLOCK_DURATION = 'THROTTLER:BLOCK_DURATION';
const TRACKER = 'THROTTLER:TRACKER';
const KEY_GENERATOR = 'THROTTLER:KEY_GENERATOR';

/** What `@Throttle({ name: ... })` sets for one limit. */
export interface ThrottleOverride {
  readonly limit: Resolvable<number> | undefined;
  readonly ttl: Resolvable<number> | undefined;
  readonly blockDuration: ThrottlerOptions['blockDuration'];
  readonly getTracker: ThrottlerOptions['getTracker'];
  readonly generateKey: ThrottlerOptions['generateKey'];
}

/** Returns whether `@SkipThrottle` skips a limit on a route or a controller. Undefined without it. */
export function isSkipped(target: object, name: string): boolean | undefined {
  return (
    (Reflect.getMetadata(SKIP + name, target) as boolean | undefined) ??
    (Reflect.getMetadata(SKIP_THROTTLE, target) as boolean | undefined)
  );
}

/** Returns what `@Throttle` sets for a limit on a route or a controller. Undefined without it. */
export function overrideOf(target: object, name: string): ThrottleOverride | undefined {
  if (!Reflect.hasMetadata(LIMIT + name, target)) return undefined;
  const read = (key: string): unknown => Reflect.getMetadata(key + name, target);
  return {
    limit: read(LIMIT),
    ttl: read(TTL),
    blockDuration: read(BLOCK_DURATION),
    getTracker: read(TRACKER),
    generateKey: read(KEY_GENERATOR),
  } as ThrottleOverride;
}

/** Returns the names of the limits in `@Throttle` and `@SkipThrottle` of a route or a controller. */
export function namedBy(target: object): readonly string[] {
  const keys: readonly unknown[] = Reflect.getMetadataKeys(target);
  return [LIMIT, SKIP].flatMap((prefix) =>
    keys
      .filter((key) => typeof key === 'string' && key !== SKIP_THROTTLE && key.startsWith(prefix))
      .map((key) => String(key).slice(prefix.length)),
  );
}
