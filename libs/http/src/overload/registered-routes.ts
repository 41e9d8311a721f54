import type { HttpAdapterHost } from '@nestjs/core';

/** A route as the HTTP framework knows it. Nest copies the metadata of the method to its handler. */
export interface RegisteredRoute {
  /** Upper case; `*` for all methods. */
  readonly method: string;
  readonly path: string;
  readonly handler: object;
}

interface FastifyRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly handler: object;
}

interface FastifyInstance {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
}

interface ExpressLayer {
  readonly route?: {
    readonly path: string | readonly string[];
    readonly stack: readonly { readonly method?: string; readonly handle: object }[];
  };
}

interface ExpressInstance {
  readonly router?: { readonly stack: readonly ExpressLayer[] };
}

type Host = Pick<HttpAdapterHost, 'httpAdapter' | 'init$'>;

/** The routes of the application on both adapters, with global prefix and version. */
export class RegisteredRoutes {
  private readonly ofFastify: RegisteredRoute[] = [];

  /** Create it before the application registers its routes. */
  constructor(private readonly host: Host) {
    host.init$.subscribe(() => {
      if (host.httpAdapter?.getType() !== 'fastify') return;
      const fastify = host.httpAdapter.getInstance<FastifyInstance>();
      fastify.addHook('onRoute', ({ method, url: path, handler }) => {
        for (const one of [method].flat()) this.ofFastify.push({ method: one, path, handler });
      });
    });
  }

  /** Complete after the application has registered its routes. */
  all(): readonly RegisteredRoute[] {
    const { httpAdapter } = this.host;
    if (httpAdapter?.getType() !== 'express') return this.ofFastify;
    const { router } = httpAdapter.getInstance<ExpressInstance>();
    return (router?.stack ?? []).flatMap(({ route }) =>
      [route?.path ?? []].flat().flatMap((path) =>
        route!.stack.map(({ method, handle }) => ({
          method: method?.toUpperCase() ?? '*',
          path: String(path),
          handler: handle,
        })),
      ),
    );
  }
}
