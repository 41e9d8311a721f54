import type { IncomingMessage } from 'node:http';

/** The path without its query, which may contain secrets that must not be logged. */
export function pathOf(request: IncomingMessage): string {
  return request.url?.split('?', 1)[0] ?? '';
}
