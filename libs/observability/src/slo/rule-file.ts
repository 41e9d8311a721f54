/** Records the value of an expression as a new series. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Fires for each series that its expression returns. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that Prometheus evaluates in order, for the same point in time. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** A rule file. JSON is YAML, so Prometheus reads the output of `JSON.stringify`. */
export interface RuleFile {
  readonly groups: readonly RuleGroup[];
}
