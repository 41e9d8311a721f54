/** Units of Grafana that the dashboards use; a wrong one would show plain numbers. */
export type Unit = 'short' | 's' | 'reqps' | 'cps' | 'percentunit' | 'bytes';

/** One dashboard as people write it. */
export interface DashboardSource {
  /** Part of its address in Grafana: it stays, whatever changes. */
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
  /** What it answers, and what to do about it where that is not plain. */
  readonly question: string;
  readonly unit: Unit;
  /** Why it may have no data where all is well; without it a missing series fails the test. */
  readonly quiet?: string;
  /** Where it turns yellow, and red. Falling values warn below them. */
  readonly warn?: Thresholds;
  /** Shown instead of `No data`. */
  readonly whenEmpty?: string;
  /** The dashboard with the details, by its uid. */
  readonly details?: string;
}

/** What was when. */
export interface GraphSource extends AnyPanel {
  readonly kind: 'timeseries';
  readonly queries: readonly QuerySource[];
  /** Only where the sum of the series means something. */
  readonly stack?: boolean;
}

/** What is now: one number, or a bar for each series. */
export interface NowSource extends AnyPanel {
  readonly kind: 'stat' | 'bargauge';
  readonly queries: readonly QuerySource[];
}

/** What is now, a line for each combination of labels. */
export interface TableSource extends AnyPanel {
  readonly kind: 'table';
  /** Label and its heading, in their order; others are left out. */
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
  /** 0 where there is no series: a counter that nothing was added to yet. */
  readonly orZero?: boolean;
  /** Dots that lead to traces; only histograms with exemplars have them. */
  readonly exemplars?: boolean;
}

export type Thresholds =
  { readonly yellow?: number; readonly red: number } | { readonly redBelow: number };
