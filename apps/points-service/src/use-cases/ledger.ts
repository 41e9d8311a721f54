import type { Balance, LedgerEvent } from '../domain/ledger-event.js';
import type { PaidOrderEvent } from './webhook-inbox.js';

export interface AccountKey {
  readonly merchantId: string;
  readonly customerId: string;
}

export interface Posting {
  readonly account: AccountKey;
  readonly events: readonly LedgerEvent[];
  /** Published to other services if the events are new. */
  readonly announce: PaidOrderEvent;
}

/** The points ledger: append-only events and the balance derived from them. */
export abstract class Ledger {
  /**
   * Writes the events and the balance in one transaction, exactly once per job and exactly once per
   * source.
   */
  abstract post(jobId: string, posting: Posting): Promise<void>;

  /** Undefined for a customer who has never earned points. */
  abstract balanceOf(account: AccountKey): Promise<Balance | undefined>;
}
