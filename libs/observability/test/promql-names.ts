const STRINGS = /"(?:[^"\\]|\\.)*"/g;
const LABELS = /\{[^}]*\}/g;
const RANGES = /\[[^\]]*\]/g;
const GROUPINGS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const DURATIONS = /\boffset\s+\w+/g;
const NAMES = /(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g;
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool']);
/** Aggregations may stand before their grouping. */
const AGGREGATIONS: ReadonlySet<string> = new Set(['sum', 'min', 'max', 'avg', 'count', 'group']);

/** Names of metrics in an expression of PromQL; for the rules of this repository. */
export function metricsOf(expr: string): readonly string[] {
  const bare = [STRINGS, LABELS, RANGES, GROUPINGS, DURATIONS].reduce(
    (text, pattern) => text.replace(pattern, ' '),
    expr,
  );
  return [...bare.matchAll(NAMES)]
    .map(([name]) => name)
    .filter((name) => !KEYWORDS.has(name) && !AGGREGATIONS.has(name));
}
