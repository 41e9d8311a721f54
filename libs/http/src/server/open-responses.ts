import { isEventStream } from '@loyalnest/core/toolkit';
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** A comment of server-sent events. Clients ignore it, also between the lines of an event. */
const COMMENT = ':\n';
const LINE_END = 10;
const EVENT_STREAM = 'text/event-stream';

/** A connection of HTTP/1, or a session of HTTP/2. */
export type Connection = Socket | ServerHttp2Session;

/** The responses that have not ended. Sends heartbeats, and says which connections may be silent. */
export class OpenResponses {
  private readonly responses = new Set<ServerResponse>();
  private readonly byConnection = new Map<Connection, Set<ServerResponse>>();
  private readonly streams = new WeakMap<ServerResponse, EventStream>();

  /** Returns false if it knows the response already. */
  add(res: ServerResponse): boolean {
    if (this.responses.has(res)) return false;
    this.responses.add(res);
    const connection = connectionOf(res);
    const others = this.byConnection.get(connection);
    if (others) others.add(res);
    else this.byConnection.set(connection, new Set([res]));
    // A relayed chunk may end inside of a line. Browsers announce that they want events.
    if (res.req.headers.accept?.includes(EVENT_STREAM)) this.streams.set(res, new EventStream(res));
    res.on('close', () => this.remove(res, connection));
    return true;
  }

  /** Sends a comment on each event stream that has been silent since the last call. */
  sendHeartbeats(): void {
    for (const res of this.responses) {
      if (!isEventStream(res) || res.writableEnded) continue;
      let stream = this.streams.get(res);
      if (!stream) this.streams.set(res, (stream = new EventStream(res)));
      stream.sendHeartbeat();
    }
  }

  /** Whether a connection stays open although it was silent for the idle time. */
  maySilentlyStay(connection: Connection): boolean {
    for (const res of this.byConnection.get(connection) ?? []) {
      if (isEventStream(res)) {
        if (!isStuck(res)) return true;
      } else if (res.listenerCount('timeout') > 0 || res.req.listenerCount('timeout') > 0) {
        // The application has its own limit.
        return true;
      }
    }
    return false;
  }

  private remove(res: ServerResponse, connection: Connection): void {
    this.responses.delete(res);
    const others = this.byConnection.get(connection);
    others?.delete(res);
    if (others?.size === 0) this.byConnection.delete(connection);
  }
}

/** An event stream. Clients that do not announce it are watched from their first heartbeat on. */
class EventStream {
  private sentBefore: number | undefined;
  private isInLine = false;

  constructor(private readonly res: ServerResponse) {
    const write = res.write.bind(res) as (...args: unknown[]) => boolean;
    res.write = (...args: unknown[]): boolean => {
      this.isInLine = !endsLine(args[0]);
      return write(...args);
    };
  }

  sendHeartbeat(): void {
    const { res } = this;
    // The bytes of HTTP/2 are those of all streams of the session.
    const sent = res.req.httpVersionMajor < 2 ? res.socket?.bytesWritten : undefined;
    const isSilent = sent === undefined || sent === this.sentBefore;
    // A comment inside a line or between compressed bytes would destroy the event.
    const mayComment = !this.isInLine && !isStuck(res) && !res.hasHeader('content-encoding');
    if (isSilent && mayComment) res.write(COMMENT);
    if (sent !== undefined) this.sentBefore = res.socket?.bytesWritten;
  }
}

function endsLine(chunk: unknown): boolean {
  if (typeof chunk === 'string') return chunk === '' || chunk.endsWith('\n');
  return !(chunk instanceof Uint8Array) || chunk.length === 0 || chunk.at(-1) === LINE_END;
}

function connectionOf(res: ServerResponse): Connection {
  const { stream } = res as { readonly stream?: ServerHttp2Stream };
  return (stream?.session as ServerHttp2Session | undefined) ?? res.req.socket;
}

/** Whether the client does not read what was sent. */
function isStuck(res: ServerResponse): boolean {
  return res.writableNeedDrain || (res.socket?.writableLength ?? 0) > 0;
}
