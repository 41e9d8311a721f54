/** All series of one metric. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

/** One value of a metric, with its labels. */
export interface Sample {
  /** The family's name, plus a suffix such as `_bucket` for histograms and summaries. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly exemplar?: SampleExemplar | undefined;
}

/** An observation of a histogram together with its trace. */
export interface SampleExemplar {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}
