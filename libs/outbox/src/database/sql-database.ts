/** Result of one statement. */
export interface SqlResult<Row> {
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

/** Runs SQL with `$1` placeholders, inside or outside a transaction. */
export interface SqlExecutor {
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<SqlResult<Row>>;
}

/**
 * The Postgres database that the outbox uses. `Tx` is the transaction object of your database
 * library; with it, outbox and inbox take part in your own transactions.
 */
export interface SqlDatabase<Tx> extends SqlExecutor {
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The executor of an open transaction. */
  within(tx: Tx): SqlExecutor;
}
