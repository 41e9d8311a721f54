import type { Balance, LedgerEvent } from '../domain/ledger-event.js';
import type { PaidOrderEvent } from './webhook-inbox.js';

export interface AccountKey {
  readonly merchantId: string;
  readonly customerId: string;
}

export interface Posting {
  readonly account: AccountKey;
  readonly events: readonly LedgerEvent[];
  /** Told to the other services if the events are new. */
  readonly announce: PaidOrderEvent;
}

/** The points ledger: append-only events and the balance that follows from them. */
export abstract class Ledger {
  /**
   * Writes the events once, with the balance, in one transaction: once for each job, and once for
   * each source, whichever way it comes.
   */
  abstract post(jobId: string, posting: Posting): Promise<void>;

  /** Undefined for a customer who never earned. */
  abstract balanceOf(account: AccountKey): Promise<Balance | undefined>;
}
