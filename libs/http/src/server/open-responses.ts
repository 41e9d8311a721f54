import { isEventStream } from '@loyalnest/core/toolkit';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** An empty comment of server-sent events. Clients ignore it. */
const COMMENT = ':\n\n';

/** The responses that have not ended. Sends heartbeats, and says which connections may be silent. */
export class OpenResponses {
  private readonly responses = new Set<ServerResponse>();
  /** Bytes sent on the connection of each event stream at the last heartbeat. */
  private readonly sentBefore = new WeakMap<ServerResponse, number>();

  add(res: ServerResponse): void {
    if (this.responses.has(res)) return;
    this.responses.add(res);
    res.on('close', () => this.responses.delete(res));
  }

  /** Sends a comment on each event stream that has been silent since the last call. */
  sendHeartbeats(): void {
    for (const res of this.responses) {
      if (!isEventStream(res) || res.writableEnded) continue;
      const sent = res.socket?.bytesWritten;
      const isSilent = sent === undefined || sent === this.sentBefore.get(res);
      // A comment between compressed bytes would destroy the stream.
      if (isSilent && !isStuck(res) && !res.hasHeader('content-encoding')) res.write(COMMENT);
      if (sent !== undefined) this.sentBefore.set(res, res.socket!.bytesWritten);
    }
  }

  /** Whether a connection stays open although it was silent for the idle time. */
  maySilentlyStay(socket: Socket): boolean {
    for (const res of this.responses) {
      if (res.socket !== socket) continue;
      if (isEventStream(res)) return !isStuck(res);
      // The application has its own limit.
      return res.listenerCount('timeout') > 0 || res.req.listenerCount('timeout') > 0;
    }
    return false;
  }
}

/** Whether the client does not read what was sent. */
function isStuck(res: ServerResponse): boolean {
  return res.writableNeedDrain || (res.socket?.writableLength ?? 0) > 0;
}
