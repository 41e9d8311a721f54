import { PostgresServer } from '@loyalnest/testing';
import pg from 'pg';

/** Records the runs and effects of handlers, outside Redis. */
export class EffectsLedger {
  private constructor(
    private readonly server: PostgresServer,
    readonly url: string,
    private readonly pool: pg.Pool,
  ) {}

  static async start(): Promise<EffectsLedger> {
    const server = await PostgresServer.start({ durable: false });
    const url = await server.createDatabase('effects');
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    pool.on('error', () => undefined);
    await pool.query(
      'create table effects (event text primary key);' +
        'create table runs (event text not null, attempt int not null)',
    );
    return new EffectsLedger(server, url, pool);
  }

  /** The attempt number of each run of an event, in order. */
  async runs(event: string): Promise<readonly number[]> {
    const { rows } = await this.pool.query<{ attempt: number }>(
      'select attempt from runs where event = $1 order by ctid',
      [event],
    );
    return rows.map(({ attempt }) => attempt);
  }

  /** Number of runs of these events; of all events by default. */
  async runCount(events?: readonly string[]): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(
      'select count(*)::int as count from runs where $1::text[] is null or event = any($1)',
      [events ?? null],
    );
    return rows[0]!.count;
  }

  /** Events that had their effect. The primary key allows only one per event. */
  async effects(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ event: string }>('select event from effects');
    return rows.map(({ event }) => event).toSorted();
  }

  async stop(): Promise<void> {
    await this.pool.end();
    await this.server.stop();
  }
}
