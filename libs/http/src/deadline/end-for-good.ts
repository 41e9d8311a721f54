import type { ServerResponse } from 'node:http';

/**
 * Lets nobody add to an answer that has ended: a route that is still at work would get an error of
 * Node's for its own answer, and the log would have it as a failure of the service.
 */
export function endForGood(response: ServerResponse): void {
  if (!response.writableEnded) return;
  const ignored = (): ServerResponse => response;
  Object.assign(response, {
    setHeader: ignored,
    appendHeader: ignored,
    removeHeader: ignored,
    writeHead: ignored,
    write: () => true,
    end: ignored,
  });
}
