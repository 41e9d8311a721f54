const STRINGS = /"(?:[^"\\]|\\.)*"/g;
const LABELS = /\{[^}]*\}/g;
const RANGES = /\[[^\]]*\]/g;
const GROUPINGS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const DURATIONS = /\boffset\s+\w+/g;
const NAMES = /(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g;
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool']);
/** Names that may precede a grouping instead of parentheses. */
const AGGREGATIONS: ReadonlySet<string> = new Set(['sum', 'min', 'max', 'avg', 'count', 'group']);

/**
 * Returns the names of metrics in a PromQL expression. It covers only the syntax that our rules
 * use.
 */
export function metricsOf(expr: string): readonly string[] {
  const bare = [STRINGS, LABELS, RANGES, GROUPINGS, DURATIONS].reduce(
    (text, pattern) => text.replace(pattern, ' '),
    expr,
  );
  return [...bare.matchAll(NAMES)]
    .map(([name]) => name)
    .filter((name) => !KEYWORDS.has(name) && !AGGREGATIONS.has(name));
}
