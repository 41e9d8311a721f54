import { connect, type Socket } from 'node:net';
import { DelayLine } from './delay-line.js';
import type { ProxyFault } from './proxy-fault.js';

/** Forwards a client's connection to the server. */
export class ProxiedConnection {
  private readonly server: Socket;

  constructor(
    private readonly client: Socket,
    target: { readonly host: string; readonly port: number },
    private readonly fault: () => ProxyFault | undefined,
  ) {
    this.server = connect({ ...target, allowHalfOpen: true });
    for (const socket of [client, this.server]) {
      socket.setNoDelay(true);
      // `close` follows every error and also closes the other side.
      socket.on('error', () => undefined);
    }
    this.forward(client, this.server, () => 0);
    this.forward(this.server, client, () => this.delayMs());
  }

  /** Runs `listener` when both sides are closed. */
  onClose(listener: () => void): void {
    let open = 2;
    for (const socket of [this.client, this.server]) {
      socket.once('close', () => {
        if (--open === 0) listener();
      });
    }
  }

  /** Ends both sides with RST. */
  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private forward(from: Socket, to: Socket, delayMs: () => number): void {
    const line = new DelayLine();
    const pass = (deliver: () => void): void => {
      if (this.fault()?.kind !== 'black-hole') line.push(deliver, delayMs());
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
    return fault?.kind === 'latency' ? fault.ms + Math.random() * fault.jitterMs : 0;
  }
}
