import type { Pool, PoolClient } from 'pg';
import type { SqlDatabase, SqlExecutor } from './sql-database.js';

/** Runs the outbox on a pool of `pg`. Transactions are clients of that pool. */
export function fromPg(pool: Pool): SqlDatabase<PoolClient> {
  return {
    ...executor(pool),
    within: executor,
    async transaction(work) {
      const client = await pool.connect();
      // Between queries, a lost connection emits `error`, which would crash without a listener.
      client.on('error', ignore);
      let broken = false;
      try {
        await client.query('begin');
        const result = await work(client);
        await client.query('commit');
        return result;
      } catch (error) {
        // A connection that cannot roll back must not return to the pool.
        await client.query('rollback').catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.off('error', ignore);
        client.release(broken);
      }
    },
  };
}

/** The next query on the connection rejects with the failure. */
function ignore(): void {}

function executor(source: Pick<Pool, 'query'>): SqlExecutor {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const { rows, rowCount } = await source.query(text, [...values]);
      return { rows: rows as Row[], rowCount: rowCount ?? 0 };
    },
  };
}
