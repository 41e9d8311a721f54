import type { ServerResponse } from 'node:http';

/**
 * Makes an ended response ignore further writes. Otherwise the late answer of a route that still runs
 * would throw an error in Node, which the log would show as a failure of the service.
 */
export function ignoreLateWrites(response: ServerResponse): void {
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
