import type { IncomingMessage } from 'node:http';
import { OTHER } from '../registry/series-cap.js';

/** Route of a request that no route handled: a 404, or a failure before routing. */
export const UNMATCHED = 'unmatched';

/** What Express stores on a request that a route handles. */
interface RoutedByExpress extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

/** Names routes by their templates, never by a requested path. Knows at most `max` names. */
export class RouteNames {
  private readonly known = new Set<string>();

  constructor(private readonly max: number) {}

  /**
   * Returns the name of the route that handled `request`.
   *
   * @param template the template that Fastify reports; undefined with Express
   */
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
  // Express knows the mount point of a router only as the requested path, so it is not used.
  return baseUrl ? `*${route.path}` : route.path;
}
