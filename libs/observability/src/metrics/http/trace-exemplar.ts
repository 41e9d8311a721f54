import type { Exemplar } from '../registry/bounded-metrics.js';

const SAMPLED = 1;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

/** Returns the exemplar of a W3C `traceparent`, or undefined if the trace is not sampled. */
export function exemplarOf(traceparent: string | undefined): Exemplar | undefined {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  if (!match || (parseInt(match[3]!, 16) & SAMPLED) === 0) return undefined;
  return { trace_id: match[1]!, span_id: match[2]! };
}
