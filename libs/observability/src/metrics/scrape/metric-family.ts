/** All series of one metric, as they are written. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Of histograms and summaries: the family's name and what the sample is of it. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly exemplar?: SampleExemplar | undefined;
}

export interface SampleExemplar {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}
