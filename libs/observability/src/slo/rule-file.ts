/** Keeps the value of an expression as a series of its own. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Fires for each series that its expression gives. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that Prometheus evaluates one after the other, at the same time. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** A file of rules; JSON is YAML, so `JSON.stringify` writes what Prometheus reads. */
export interface RuleFile {
  readonly groups: readonly RuleGroup[];
}
