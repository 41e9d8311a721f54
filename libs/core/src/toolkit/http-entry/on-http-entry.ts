import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as it enters Nest. */
export interface HttpEntry {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The template of its route; Express does not know it yet. */
  readonly route: string | undefined;
  /** Answers through the exception filters, also when the request has gone on long ago. */
  fail(error: Error): void;
}

/** Goes on to the routes or, with an error, to the exception filters. */
export type Proceed = (error?: Error) => void;

/** What this needs of Nest's `HttpAdapterHost`. */
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
  /** Made anew each time it is read. */
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

/** Those of one application share a hook: each of Fastify's takes its time. */
const chains = new WeakMap<HttpAdapter, Enter[]>();

export interface HttpEntryOptions {
  /** Before those that were there already: for who binds a context that others read. @defaultValue false */
  readonly first?: boolean;
}

/**
 * Calls `enter` with each request of either adapter before parsers and routes, in the order in which
 * this was called: on Express as middleware that stands before all other; on Fastify as a hook, thus
 * behind all middleware, as one more of that would cost several times as much.
 */
export function onHttpEntry(
  host: HttpEntryHost,
  enter: Enter,
  { first = false }: HttpEntryOptions = {},
): void {
  // The adapter is set before the providers exist or, in Nest's TestingModule, after.
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
