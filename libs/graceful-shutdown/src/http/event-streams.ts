import type { ServerResponse } from 'node:http';

/** The last event of a stream. A client without a listener for this event ignores it. */
const LAST_EVENT = 'event: shutting-down\ndata:\n\n';

/**
 * Ends the response if it is a stream of server-sent events, which would otherwise never end. It
 * sends a last event `shutting-down`. `EventSource` then reconnects by itself, to another instance.
 */
export function endEventStream(response: ServerResponse): void {
  if (!response.headersSent || response.writableEnded) return;
  if (!isEventStream(response)) return;
  // The application may write to the ended response until it notices that the client is gone.
  response.on('error', () => undefined);
  if (response.hasHeader('content-encoding')) response.end();
  else response.end(LAST_EVENT);
}

function isEventStream(response: ServerResponse): boolean {
  const type = response.getHeader('content-type');
  if (type !== undefined) return String(type).startsWith('text/event-stream');
  // Headers that were passed only to `writeHead` can be read nowhere else.
  const { _header: head = '' } = response as { readonly _header?: string | null };
  return /^content-type: *text\/event-stream/im.test(head ?? '');
}
