import { Client, type ClientConfig } from 'pg';
import { tracedQuery } from './query-span.js';
import { isReadTimeout } from './unavailable-cause.js';

/**
 * A connection that is closed at its first query without an answer. Such a query may still be done
 * when the server is back: kept in the pool, the connection would bring its open transaction to the
 * next one that uses it, which would commit it.
 */
export class FailStopClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    // Outside of a query a loss has no one to tell; without a listener it would end the process.
    this.on('error', () => {});
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
