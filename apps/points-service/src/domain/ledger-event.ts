/** What can happen to points. Each event is a row that never changes. */
export type LedgerEventType = 'PointsPending' | 'PointsActivated';

/** What caused a ledger event. */
export interface LedgerSource {
  readonly type: 'order';
  readonly id: string;
}

export interface LedgerEvent {
  readonly type: LedgerEventType;
  readonly points: number;
  readonly source: LedgerSource;
  /** ISO 8601. */
  readonly occurredAt: string;
}

export interface Balance {
  /** Points that can be spent. */
  readonly available: number;
  /** Points that wait for the order to be confirmed. */
  readonly pending: number;
  /** Points taken back beyond the available balance. */
  readonly debt: number;
  readonly lifetimeEarned: number;
}

/** The balance after an event. Pending points are never spendable. */
export function apply(balance: Balance, { type, points }: LedgerEvent): Balance {
  switch (type) {
    case 'PointsPending':
      return { ...balance, pending: balance.pending + points };
    case 'PointsActivated':
      return {
        ...balance,
        pending: balance.pending - points,
        available: balance.available + points,
        lifetimeEarned: balance.lifetimeEarned + points,
      };
  }
}
