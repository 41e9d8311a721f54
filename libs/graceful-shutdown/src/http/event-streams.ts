import { isEventStream } from '@loyalnest/core/toolkit';
import type { ServerResponse } from 'node:http';

/** The last event of a stream. A client without a listener for this event ignores it. */
const LAST_EVENT = 'event: shutting-down\ndata:\n\n';

/**
 * Ends the response if it is a stream of server-sent events, which would otherwise never end. It
 * sends a last event `shutting-down`. `EventSource` then reconnects by itself, to another instance.
 */
export function endEventStream(response: ServerResponse): void {
  if (response.writableEnded || !isEventStream(response)) return;
  // The application may write to the ended response until it notices that the client is gone.
  response.on('error', () => undefined);
  if (response.hasHeader('content-encoding')) response.end();
  else response.end(LAST_EVENT);
}
