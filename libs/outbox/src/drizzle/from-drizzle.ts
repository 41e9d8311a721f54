import { sql, type SQL } from 'drizzle-orm';
import type { SqlDatabase, SqlExecutor } from '../database/sql-database.js';

interface Executes {
  execute(query: SQL): PromiseLike<{ rows: unknown[]; rowCount: number | null }>;
}

interface DrizzleDatabase<Tx> extends Executes {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Runs the outbox on a Drizzle database on `node-postgres`. Transactions are Drizzle's own. */
export function fromDrizzle<Tx extends Executes>(database: DrizzleDatabase<Tx>): SqlDatabase<Tx> {
  return {
    ...executor(database),
    within: executor,
    transaction: (work) => database.transaction(work),
  };
}

function executor(target: Executes): SqlExecutor {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const { rows, rowCount } = await target.execute(bind(text, values));
      return { rows: rows as Row[], rowCount: rowCount ?? 0 };
    },
  };
}

/** Turns `$1` placeholders into Drizzle's parameters. */
function bind(text: string, values: readonly unknown[]): SQL {
  const chunks = text.split(/\$(\d+)/).map((part, index) =>
    // Every second part is a captured number. `param` binds an array as one parameter.
    index % 2 === 0 ? sql.raw(part) : sql`${sql.param(values[Number(part) - 1])}`,
  );
  return sql.join(chunks);
}
