import type { Pool, PoolClient } from 'pg';
import type { SqlDatabase, SqlExecutor } from './sql-database.js';

/** Uses a pool of `pg`; transactions are clients of that pool. */
export function fromPg(pool: Pool): SqlDatabase<PoolClient> {
  return {
    ...executor(pool),
    within: executor,
    async transaction(work) {
      const client = await pool.connect();
      // Outside of a query the loss of a connection is an event, which would end the process unheard.
      client.on('error', ignore);
      let broken = false;
      try {
        await client.query('begin');
        const result = await work(client);
        await client.query('commit');
        return result;
      } catch (error) {
        // A connection that cannot roll back must not serve anyone else.
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

/** The next query on the connection fails and tells of it. */
function ignore(): void {}

function executor(source: Pick<Pool, 'query'>): SqlExecutor {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const { rows, rowCount } = await source.query(text, [...values]);
      return { rows: rows as Row[], rowCount: rowCount ?? 0 };
    },
  };
}
