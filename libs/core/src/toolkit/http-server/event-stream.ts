import type { ServerResponse } from 'node:http';

/** Whether the response is a stream of server-sent events that has begun. */
export function isEventStream(response: ServerResponse): boolean {
  if (!response.headersSent) return false;
  const type = response.getHeader('content-type');
  if (type !== undefined) return String(type).startsWith('text/event-stream');
  // Headers that were passed only to `writeHead` can be read nowhere else.
  const { _header: head = '' } = response as { readonly _header?: string | null };
  return /^content-type: *text\/event-stream/im.test(head ?? '');
}
