import type { IncomingMessage } from 'node:http';

const waits = new WeakMap<IncomingMessage, number>();

/** Notes how long a request waited in this process before anything could see it, in milliseconds. */
export function noteRequestWait(req: IncomingMessage, waitedMs: number): void {
  waits.set(req, waitedMs);
}

/** Returns what {@link noteRequestWait} noted; 0 if the request did not wait. */
export function requestWaitMs(req: IncomingMessage): number {
  return waits.get(req) ?? 0;
}
