/**
 * Metadata key that exempts a controller or a route, such as a probe, from every rate limit if it is
 * true. `@SkipThrottle()` of `@nestjs/throttler` writes the same key; with this one, a lib need not
 * import it.
 */
export const SKIP_THROTTLE = 'THROTTLER:SKIPdefault';
