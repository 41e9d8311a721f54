import type { IncomingMessage } from 'node:http';
import { OTHER } from '../registry/series-cap.js';

/** No route took the request: 404, or it failed before one was looked for. */
export const UNMATCHED = 'unmatched';

/** As Express leaves it on a request that a route took. */
interface RoutedByExpress extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

/** Names routes by their templates, never by a path that came in, and so many of them only. */
export class RouteNames {
  private readonly known = new Set<string>();

  constructor(private readonly max: number) {}

  /** @param template as Fastify tells it; undefined on Express */
  of(request: IncomingMessage, template: string | undefined): string {
    const route = template ?? templateOf(request);
    if (this.known.has(route)) return route;
    if (this.known.size >= this.max) return OTHER;
    this.known.add(route);
    return route;
  }
}

function templateOf({ route, baseUrl }: RoutedByExpress): string {
  if (route === undefined) return UNMATCHED;
  if (typeof route.path !== 'string') return OTHER;
  // Where a router is mounted is known as a path that came in only.
  return baseUrl ? `*${route.path}` : route.path;
}
