/** A condition on a label: one value, several values, or an RE2 pattern. */
export interface LabelCondition {
  readonly label: string;
  readonly anyOf?: readonly string[];
  readonly matches?: string;
  readonly matchesNot?: string;
}

/** Returns a selector such as `{a="x",b=~"y|z"}`. Values may contain any characters. */
export function selector(conditions: readonly LabelCondition[]): string {
  return `{${conditions.flatMap(conditionText).join(',')}}`;
}

function conditionText({ label, anyOf, matches, matchesNot }: LabelCondition): readonly string[] {
  if (matches !== undefined) return [`${label}=~${quoted(matches)}`];
  if (matchesNot !== undefined) return [`${label}!~${quoted(matchesNot)}`];
  if (anyOf === undefined) return [];
  const [first, ...others] = anyOf;
  if (others.length === 0) return [`${label}=${quoted(first!)}`];
  return [`${label}=~${quoted(anyOf.map(literally).join('|'))}`];
}

/** Prometheus escapes strings like Go, and Go supports all escapes of JSON. */
function quoted(value: string): string {
  return JSON.stringify(value);
}

function literally(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/**
 * Returns the condition for the upper bound of a bucket. Prometheus 3 stores whole numbers as
 * `1.0`; earlier versions store `1`, as it was exposed.
 */
export function bucketBound(seconds: number): LabelCondition {
  if (!Number.isInteger(seconds)) return { label: 'le', anyOf: [String(seconds)] };
  return { label: 'le', matches: `${seconds}(\\.0)?` };
}
