import { connectOutsideContext } from '@loyalnest/core/toolkit';
import { Client, type ClientConfig } from 'pg';
import { tracedQuery } from './query-span.js';
import { isReadTimeout } from './unavailable-cause.js';

/**
 * A connection that closes itself when a query gets no answer. The server may still run such a
 * query later. If the connection went back to the pool, its next user would inherit the open
 * transaction and commit it.
 */
export class FailStopClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    // Without a listener, a connection that is lost between queries would crash the process.
    this.on('error', () => {});
    // The pool keeps it for other requests than the one for which it connects.
    connectOutsideContext(this as Client);
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- one signature for the eight of Client
  override query(...args: any[]): any {
    const result = tracedQuery(args, (given) => super.query(...(given as [string])));
    void this.closeOnTimeout(result);
    return result;
  }

  private async closeOnTimeout(result: unknown): Promise<void> {
    try {
      await result;
    } catch (error) {
      if (isReadTimeout(error)) this.connection.stream.destroy();
    }
  }
}
