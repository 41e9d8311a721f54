import type { ArgumentsHost } from '@nestjs/common';

/** A socket of `ws`, or of Socket.IO. */
interface WebSocketClient {
  readonly readyState?: unknown;
  send?(text: string): void;
  emit?(event: string, body: object): void;
}

/**
 * Sends a problem as the event `exception`, as Nest does, with the message that caused it. A message that
 * cannot be sent back is left out: JSON can be parsed at any depth, but not be written.
 */
export function sendProblem(host: ArgumentsHost, body: object): void {
  const ws = host.switchToWs();
  const client = ws.getClient<WebSocketClient | undefined>();
  const pattern = ws.getPattern();
  try {
    sendException(client, { ...body, cause: { pattern, data: ws.getData<unknown>() } });
  } catch {
    sendException(client, { ...body, cause: { pattern } });
  }
}

/** A socket of `ws` is an emitter too, but its `emit` reaches nobody; only it has a numeric `readyState`. */
function sendException(client: WebSocketClient | undefined, data: object): void {
  if (typeof client?.readyState === 'number') {
    client.send?.(JSON.stringify({ event: 'exception', data }));
  } else {
    client?.emit?.('exception', data);
  }
}
