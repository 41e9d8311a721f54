import type { IncomingMessage } from 'node:http';

/** Without the query, which may hold what no log should. */
export function pathOf(request: IncomingMessage): string {
  return request.url?.split('?', 1)[0] ?? '';
}
