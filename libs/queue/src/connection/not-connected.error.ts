/**
 * A command was not sent because Redis is not connected. The cause of a `QueueUnavailableError`.
 */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  readonly code = 'REDIS_NOT_CONNECTED';

  constructor(reason: string) {
    super(`not connected to Redis: ${reason}`);
  }
}
