import type { ServerResponse } from 'node:http';
import type { Http2Stream } from 'node:http2';

/**
 * Returns whether a closed response was handed over completely. False if the client disconnected or, on
 * HTTP/2, cancelled its stream (`RST_STREAM`) before.
 */
export function isResponseSent(response: ServerResponse): boolean {
  const { stream } = response as { readonly stream?: Http2Stream };
  if (!stream) return response.writableFinished;
  // On HTTP/2, `writableFinished` is also true after a cancellation.
  return response.writableEnded && !stream.aborted && !stream.rstCode;
}
