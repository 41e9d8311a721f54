/** The Grafana units that the dashboards use. Grafana shows plain numbers for an unknown unit. */
export type Unit = 'short' | 's' | 'reqps' | 'cps' | 'percentunit' | 'bytes';

/** The source of a dashboard, written by hand. */
export interface DashboardSource {
  /** Part of its URL in Grafana: never change it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly RowSource[];
}

export interface RowSource {
  readonly title: string;
  readonly panels: readonly PanelSource[];
}

export type PanelSource = GraphSource | NowSource | TableSource;

interface AnyPanel {
  readonly title: string;
  /** The question that the panel answers, and what to do about the answer if that is not obvious. */
  readonly question: string;
  readonly unit: Unit;
  /** Why the panel has no data in a healthy system. Without it, a missing series fails the test. */
  readonly quiet?: string;
  /** The values at which the panel turns yellow or red. `redBelow` warns about falling values. */
  readonly warn?: Thresholds;
  /** Shown instead of `No data`. */
  readonly whenEmpty?: string;
  /** The uid of the dashboard with the details. */
  readonly details?: string;
}

/** Values over time. */
export interface GraphSource extends AnyPanel {
  readonly kind: 'timeseries';
  readonly queries: readonly QuerySource[];
  /** Use it only if the sum of the series has a meaning. */
  readonly stack?: boolean;
}

/** Current values: one number, or a bar for each series. */
export interface NowSource extends AnyPanel {
  readonly kind: 'stat' | 'bargauge';
  readonly queries: readonly QuerySource[];
}

/** Current values, with a line for each combination of labels. */
export interface TableSource extends AnyPanel {
  readonly kind: 'table';
  /** Labels and their headings, in order; other labels are hidden. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly ColumnSource[];
}

export interface ColumnSource {
  readonly heading: string;
  readonly unit: Unit;
  readonly expr: string;
}

export interface QuerySource {
  readonly expr: string;
  readonly legend: string;
  /** Shows 0 if there is no series, as with a counter that was never increased. */
  readonly orZero?: boolean;
  /** Shows dots that link to traces; only histograms with exemplars have them. */
  readonly exemplars?: boolean;
}

export type Thresholds =
  { readonly yellow?: number; readonly red: number } | { readonly redBelow: number };
