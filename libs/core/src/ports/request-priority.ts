/**
 * How important a request is while a service has too much work. `read` is refused first, then `write`, then
 * `webhook`; `critical` is never refused.
 */
export type RequestPriority = 'read' | 'write' | 'webhook' | 'critical';

/**
 * Metadata key of the {@link RequestPriority} of a controller or a route. With it, a lib can exempt its
 * health pages or its admin endpoints from load shedding without importing `@loyalnest/http`.
 */
export const REQUEST_PRIORITY = 'loyalnest:request-priority';
