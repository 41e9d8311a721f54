import type { ServerResponse } from 'node:http';

/** The last event of a stream; a client without a listener for its name ignores it. */
const LAST_EVENT = 'event: shutting-down\ndata:\n\n';

/**
 * Ends the response if it is a stream of server-sent events, which would last for ever: one last
 * event `shutting-down`, then the end. `EventSource` connects anew by itself, to another instance.
 */
export function endEventStream(response: ServerResponse): void {
  if (!response.headersSent || response.writableEnded) return;
  if (!isEventStream(response)) return;
  // Whoever writes on does so into an ended response, until it hears that the client is gone.
  response.on('error', () => undefined);
  if (response.hasHeader('content-encoding')) response.end();
  else response.end(LAST_EVENT);
}

function isEventStream(response: ServerResponse): boolean {
  const type = response.getHeader('content-type');
  if (type !== undefined) return String(type).startsWith('text/event-stream');
  // Headers that were only given to `writeHead` are in no other place.
  const { _header: head = '' } = response as { readonly _header?: string | null };
  return /^content-type: *text\/event-stream/im.test(head ?? '');
}
