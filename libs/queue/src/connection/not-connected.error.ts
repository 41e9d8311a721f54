/** Why a command was not even sent; the cause of a QueueUnavailableError. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  readonly code = 'REDIS_NOT_CONNECTED';

  constructor(reason: string) {
    super(`not connected to Redis: ${reason}`);
  }
}
