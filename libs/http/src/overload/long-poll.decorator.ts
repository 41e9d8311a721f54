import { SetMetadata } from '@nestjs/common';

export const LONG_POLL = 'loyalnest:long-poll';

/**
 * Marks a route whose requests wait on purpose, such as a long poll. They do not count against the limit
 * of requests that are served at the same time, and their latency says nothing about overload. `@Sse()`
 * routes need no mark.
 */
export function LongPoll(): MethodDecorator {
  return SetMetadata(LONG_POLL, true);
}
