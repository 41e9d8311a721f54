/**
 * Metadata of routes that no rate limit counts for, such as probes: set to true on a controller or a
 * route. It is what `@SkipThrottle()` of `@nestjs/throttler` writes, so that a lib need not import it.
 */
export const SKIP_THROTTLE = 'THROTTLER:SKIPdefault';
