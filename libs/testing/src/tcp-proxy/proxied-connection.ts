import { SystemClock } from '@loyalnest/core';
import { connect, type Socket } from 'node:net';
import type { ProxyFault } from './proxy-fault.js';

const clock = new SystemClock();

/** A client's connection and the one to the server that it is forwarded to. */
export class ProxiedConnection {
  private readonly server: Socket;
  /** When the last delayed answer is delivered: none may overtake it. */
  private deliveredAt = 0;

  constructor(
    private readonly client: Socket,
    target: { readonly host: string; readonly port: number },
    private readonly fault: () => ProxyFault | undefined,
  ) {
    this.server = connect({ ...target, allowHalfOpen: true });
    for (const socket of [client, this.server]) {
      socket.setNoDelay(true);
      // An error is followed by close, which ends the other side too.
      socket.on('error', () => undefined);
    }
    this.forward(client, this.server, () => 0);
    this.forward(this.server, client, () => this.delayMs());
  }

  /** Runs `listener` once both sides are closed. */
  onClose(listener: () => void): void {
    this.client.once('close', listener);
  }

  /** Ends both sides with RST. */
  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private forward(from: Socket, to: Socket, delayMs: () => number): void {
    const pass = (deliver: () => void): void => {
      if (this.fault()?.kind === 'black-hole') return;
      const delay = delayMs();
      if (delay === 0) deliver();
      else clock.schedule(deliver, delay, false);
    };
    from.on('data', (chunk) =>
      pass(() => {
        if (to.destroyed || to.write(chunk)) return;
        from.pause();
        to.once('drain', () => from.resume());
      }),
    );
    from.on('end', () => pass(() => to.end()));
    from.on('close', (hadError) => {
      if (hadError) to.resetAndDestroy();
      else pass(() => to.destroySoon());
    });
  }

  private delayMs(): number {
    const fault = this.fault();
    const now = clock.monotonic();
    const due = fault?.kind === 'latency' ? now + fault.ms + Math.random() * fault.jitterMs : now;
    this.deliveredAt = Math.max(due, this.deliveredAt);
    return Math.max(0, this.deliveredAt - now);
  }
}
