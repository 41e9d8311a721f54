/** Number of days that an objective covers. */
export const BUDGET_DAYS = 30;

const MINUTES = { m: 1, h: 60, d: 1_440 } as const;

/** A duration in Prometheus' notation. */
export type Window = `${number}${keyof typeof MINUTES}`;

/** How much of the budget must be spent, and how fast, for an alert. */
export interface BurnRateAlert {
  /** Share of the budget of 30 days that is spent within `long`. 0 to 1. */
  readonly budgetShare: number;
  readonly long: Window;
  /** The rate must hold in this window too, so the alert ends soon after the failures do. */
  readonly short: Window;
}

/**
 * `page` wakes the person on call; `ticket` can wait until the morning.
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

/**
 * How many times faster than evenly over 30 days the budget is spent if `long` uses `budgetShare`.
 */
export function burnRateOf({ budgetShare, long }: BurnRateAlert): number {
  return (budgetShare * minutesOf(`${BUDGET_DAYS}d`)) / minutesOf(long);
}

/** Length of a window in minutes. */
export function minutesOf(window: Window): number {
  const unit = window.at(-1) as keyof typeof MINUTES;
  return Number(window.slice(0, -1)) * MINUTES[unit];
}
