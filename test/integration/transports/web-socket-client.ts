import { eventually } from '@loyalnest/testing';
import { WsAdapter } from '@nestjs/platform-ws';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { INestApplication, WebSocketAdapter } from '@nestjs/common';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

export interface Received {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

export interface SocketClient {
  readonly received: Received[];
  readonly isOpen: boolean;
  send(event: string, data: unknown): void;
  /** Sends a message whose data is JSON already. */
  sendRaw(event: string, json: string): void;
  close(): void;
}

/** A WebSocket platform of Nest, with a client of it. */
export interface SocketPlatform {
  readonly name: string;
  adapter(app: INestApplication): WebSocketAdapter;
  connect(url: string, headers?: Record<string, string>): Promise<SocketClient>;
}

export const SOCKET_PLATFORMS: readonly SocketPlatform[] = [
  {
    name: 'ws',
    adapter: (app) => new WsAdapter(app),
    async connect(url, headers) {
      const socket = new WebSocket(url.replace('http', 'ws'), { headers });
      const received: Received[] = [];
      socket.on('message', (text) => received.push(JSON.parse(String(text)) as Received));
      await eventually(() => socket.readyState === WebSocket.OPEN);
      return {
        received,
        get isOpen() {
          return socket.readyState === WebSocket.OPEN;
        },
        send: (event, data) => socket.send(JSON.stringify({ event, data })),
        sendRaw: (event, json) => socket.send(`{"event":"${event}","data":${json}}`),
        close: () => socket.close(),
      };
    },
  },
  ...(['websocket', 'polling'] as const).map((transport): SocketPlatform => ({
    name: `Socket.IO over ${transport}`,
    adapter: (app) => new IoAdapter(app),
    async connect(url, headers) {
      const socket = io(url, {
        transports: [transport],
        forceNew: true,
        reconnection: false,
        ...(headers && { extraHeaders: headers }),
      });
      const received: Received[] = [];
      socket.onAny((event: string, data: Received['data']) => received.push({ event, data }));
      await eventually(() => socket.connected);
      return {
        received,
        get isOpen() {
          return socket.connected;
        },
        send: (event, data) => void socket.emit(event, data),
        // A message of Engine.IO (4 is added there) with an event of Socket.IO.
        sendRaw: (event, json) => void socket.io.engine.write(`2["${event}",${json}]`),
        close: () => void socket.close(),
      };
    },
  })),
];
