import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** This process's part of a trace, from an incoming request or job to its end. */
export class LocalTrace {
  /** Ids of spans that have not ended yet. */
  readonly open = new Set<string>();
  /** Spans that wait for the decision. */
  spans: ReadableSpan[] = [];
  failed = false;
  /** Undefined until the first span has ended. */
  kept: boolean | undefined;

  constructor(readonly rootId: string) {}
}
