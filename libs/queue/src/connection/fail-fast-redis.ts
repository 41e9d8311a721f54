import type { Redis, RedisOptions } from 'ioredis';
import { ClosableRedis } from './closable-redis.js';
import { NotConnectedError } from './not-connected.error.js';

type Sent = Parameters<Redis['sendCommand']>;

/** Commands that the client itself sends to set up a connection. */
const HANDSHAKE = ['auth', 'client', 'hello', 'info', 'readonly', 'select'];

/**
 * A connection that accepts commands only while it is connected; otherwise it rejects with the
 * reason.
 */
export class FailFastRedis extends ClosableRedis {
  private reason = 'it has not answered yet';

  constructor(options: RedisOptions) {
    super(options);
    this.on('error', ({ message }: Error) => (this.reason = message));
  }

  override sendCommand(command: Sent[0], stream?: Sent[1]): unknown {
    const { status } = this;
    const inHandshake = status === 'connect' && HANDSHAKE.includes(command.name);
    if (status === 'ready' || status === 'end' || inHandshake) {
      return super.sendCommand(command, stream);
    }
    command.reject(new NotConnectedError(this.reason));
    return command.promise;
  }
}
