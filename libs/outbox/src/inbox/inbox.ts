import { Inject, Injectable } from '@nestjs/common';
import type { SqlDatabase } from '../database/sql-database.js';
import { MODULE_OPTIONS_TOKEN } from '../outbox.module-definition.js';
import type { OutboxModuleOptions } from '../outbox.options.js';
import { eventConsumed } from './inbox.events.js';

export interface InboxResult<T> {
  /** False if the effect had already been applied; `result` is then the stored result. */
  readonly applied: boolean;
  readonly result: T;
}

/** Applies the effect of an event once, however often the event is delivered. */
@Injectable()
export class Inbox<Tx = unknown> {
  private readonly database: SqlDatabase<Tx>;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: OutboxModuleOptions) {
    this.database = options.database as SqlDatabase<Tx>;
  }

  /**
   * Runs `effect` in one transaction with the row that marks the event as applied. Of concurrent
   * calls the first to commit wins; the others wait for it and get its result. The result is stored
   * as JSON.
   *
   * @param consumer name of the code that applies the event; each consumer applies it once
   */
  async once<T>(
    consumer: string,
    eventId: string,
    effect: (tx: Tx) => Promise<T>,
  ): Promise<InboxResult<T>> {
    const outcome = await this.database.transaction<InboxResult<T>>(async (tx) => {
      const connection = this.database.within(tx);
      const { rowCount } = await connection.query(
        `insert into loyalnest_inbox (consumer, event_id) values ($1, $2) on conflict do nothing`,
        [consumer, eventId],
      );
      if (rowCount === 0) {
        const { rows } = await connection.query<{ readonly result: T }>(
          'select result from loyalnest_inbox where consumer = $1 and event_id = $2',
          [consumer, eventId],
        );
        return { applied: false, result: rows[0]!.result };
      }
      const result = await effect(tx);
      await connection.query(
        'update loyalnest_inbox set result = $3::jsonb where consumer = $1 and event_id = $2',
        [consumer, eventId, JSON.stringify(result ?? null)],
      );
      return { applied: true, result };
    });
    // Published after the commit, because an effect that is rolled back has not been applied.
    eventConsumed.publish({ consumer, applied: outcome.applied });
    return outcome;
  }
}
