/** Days over which an objective holds. */
export const BUDGET_DAYS = 30;

const MINUTES = { m: 1, h: 60, d: 1_440 } as const;

/** A length of time in Prometheus' spelling. */
export type Window = `${number}${keyof typeof MINUTES}`;

/** Spends of the budget about which somebody is told. */
export interface BurnRateAlert {
  /** Share of the budget of 30 days that is spent within `long`. */
  readonly budgetShare: number;
  readonly long: Window;
  /** Still burning in this one: it ends the alert soon after the fault has ended. */
  readonly short: Window;
}

/**
 * Whoever is on call is woken for `page`; a `ticket` can wait for the morning.
 *
 * From Google's SRE workbook, chapter "Alerting on SLOs", 6: Multiwindow, Multi-Burn-Rate Alerts.
 */
export const BURN_RATE_ALERTS: Readonly<Record<'page' | 'ticket', readonly BurnRateAlert[]>> = {
  page: [
    { budgetShare: 0.02, long: '1h', short: '5m' },
    { budgetShare: 0.05, long: '6h', short: '30m' },
  ],
  ticket: [
    { budgetShare: 0.1, long: '1d', short: '2h' },
    { budgetShare: 0.1, long: '3d', short: '6h' },
  ],
};

/** How many times faster than evenly over 30 days the budget is spent, if `budgetShare` goes in `long`. */
export function burnRateOf({ budgetShare, long }: BurnRateAlert): number {
  return (budgetShare * minutesOf(`${BUDGET_DAYS}d`)) / minutesOf(long);
}

export function minutesOf(window: Window): number {
  const unit = window.at(-1) as keyof typeof MINUTES;
  return Number(window.slice(0, -1)) * MINUTES[unit];
}
