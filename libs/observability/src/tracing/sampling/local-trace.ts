import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What this process does of one trace, from a request or job that came in to its end. */
export class LocalTrace {
  /** Ids of spans that have not ended. */
  readonly open = new Set<string>();
  /** Spans that wait for the decision. */
  spans: ReadableSpan[] = [];
  failed = false;
  /** Undefined until the first span has ended. */
  kept: boolean | undefined;

  constructor(readonly rootId: string) {}
}
