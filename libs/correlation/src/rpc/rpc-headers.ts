type Values = Record<string, unknown>;

/**
 * Where Nest's transports keep the headers of a message: TCP and Redis in the packet's metadata,
 * NATS in its headers, Kafka, RabbitMQ and MQTT inside the message, gRPC in the call's metadata.
 */
interface MessageContext {
  getMetadata?(): unknown;
  getHeaders?(): unknown;
  getMessage?(): {
    readonly headers?: unknown;
    readonly properties?: { readonly headers?: unknown };
  };
  getPacket?(): { readonly properties?: { readonly userProperties?: unknown } };
  readonly metadata?: unknown;
}

/** The headers of a message under lower-case names; empty if it has none. */
export function rpcHeaders(context: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of entriesOf(sourceOf((context ?? {}) as MessageContext))) {
    const text = textOf(value);
    if (text !== undefined) headers[name.toLowerCase()] = text;
  }
  return headers;
}

function sourceOf(context: MessageContext): unknown {
  const message = context.getMessage?.();
  return (
    context.getMetadata?.() ??
    context.getHeaders?.() ??
    message?.headers ??
    message?.properties?.headers ??
    context.getPacket?.().properties?.userProperties ??
    context.metadata
  );
}

function entriesOf(source: unknown): Iterable<readonly [string, unknown]> {
  if (typeof source !== 'object' || source === null) return [];
  // gRPC's Metadata is not iterable; the headers of NATS and fetch are.
  if ('getMap' in source && typeof source.getMap === 'function') {
    return Object.entries(source.getMap() as Values);
  }
  if (Symbol.iterator in source) return source as Iterable<readonly [string, unknown]>;
  return Object.entries(source);
}

/** Of a repeated header only the first value counts. */
function textOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first;
  return Buffer.isBuffer(first) ? first.toString() : undefined;
}
