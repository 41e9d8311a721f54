import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that has just reached Nest. */
export interface HttpEntry {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The template of its route. Express does not know it yet. */
  readonly route: string | undefined;
  /** Answers through the exception filters, at any later time. */
  fail(error: Error): void;
}

/** Continues to the routes or, with an error, to the exception filters. */
export type Proceed = (error?: Error) => void;

/** The part of Nest's `HttpAdapterHost` that is used. */
export interface HttpEntryHost {
  readonly httpAdapter: HttpAdapter | undefined;
  readonly init$: { subscribe(adapterIsSet: () => void): unknown };
}

interface HttpAdapter {
  getType(): string;
  getInstance(): unknown;
  use(middleware: (req: IncomingMessage, res: ServerResponse, next: Proceed) => void): unknown;
}

interface FastifyRequest {
  readonly raw: IncomingMessage;
  /** A new object on each read. */
  readonly routeOptions: { readonly url?: string };
}

interface FastifyReply {
  readonly raw: ServerResponse;
  send(error: Error): unknown;
}

interface FastifyInstance {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: FastifyReply, done: Proceed) => void,
  ): unknown;
}

type Enter = (entry: HttpEntry, proceed: Proceed) => void;

/** All functions of an application share one hook, because each hook of Fastify costs time. */
const chains = new WeakMap<HttpAdapter, Enter[]>();

/** Options of {@link onHttpEntry}. */
export interface HttpEntryOptions {
  /** Runs before the functions added so far, to set a context that they read. @defaultValue false */
  readonly first?: boolean;
}

/**
 * Calls `enter` with each request before parsers and routes. Several functions run in the order in which
 * they were added. On Express it runs as middleware before all other middleware. On Fastify it runs as a
 * hook, after all middleware, because another middleware would cost several times as much.
 */
export function onHttpEntry(
  host: HttpEntryHost,
  enter: Enter,
  { first = false }: HttpEntryOptions = {},
): void {
  // The adapter is set before the providers are created, but after them in Nest's TestingModule.
  host.init$.subscribe(() => {
    const { httpAdapter } = host;
    if (!httpAdapter) return;
    const known = chains.get(httpAdapter);
    if (known) {
      if (first) known.unshift(enter);
      else known.push(enter);
      return;
    }
    const chain = [enter];
    chains.set(httpAdapter, chain);
    mount(httpAdapter, (entry, proceed) => runFrom(0, chain, entry, proceed));
  });
}

function mount(adapter: HttpAdapter, enter: Enter): void {
  if (adapter.getType() === 'fastify') {
    const fastify = adapter.getInstance() as FastifyInstance;
    fastify.addHook('onRequest', (request, reply, done) =>
      enter(new FastifyEntry(request, reply), done),
    );
  } else {
    adapter.use((req, res, next) => enter({ req, res, route: undefined, fail: next }, next));
  }
}

function runFrom(index: number, chain: readonly Enter[], entry: HttpEntry, proceed: Proceed): void {
  const enter = chain[index];
  if (!enter) {
    proceed();
    return;
  }
  enter(entry, (error) => {
    if (error) proceed(error);
    else runFrom(index + 1, chain, entry, proceed);
  });
}

class FastifyEntry implements HttpEntry {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
  ) {
    this.req = request.raw;
    this.res = reply.raw;
  }

  get route(): string | undefined {
    return this.request.routeOptions.url;
  }

  fail(error: Error): void {
    this.reply.send(error);
  }
}
