/** `server` and `consumer` begin what a process does; the others are parts of it. */
export type SpanKind = 'server' | 'consumer' | 'client' | 'producer' | 'internal';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span before it begins, in the names of OpenTelemetry's semantic conventions. */
export interface SpanDescription {
  /** Of few values: a route's template, never an address. */
  readonly name: string;
  readonly attributes?: SpanAttributes;
  /** `traceparent`s of what led to it without being its parent. */
  readonly links?: readonly string[];
  /** Begins a trace of its own. @defaultValue false: it continues the trace of the context */
  readonly newTrace?: boolean;
}

/** A span that has begun. What comes after its end is ignored. */
export interface OpenSpan {
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  addEvent(name: string, attributes?: SpanAttributes): void;
  /** @param error what was thrown, or a short name of what went wrong */
  fail(error: unknown): void;
}

/** Makes spans. One is installed in a process at a time, by what knows a tracing library. */
export interface SpanTracer {
  /**
   * Runs `task` in a context whose `span` and `traceparent` are those of the new span, so that all
   * that is sent from it is a part of the span. The span ends when the result has settled, and fails
   * with what was thrown. Where nothing is recorded, `task` runs without one.
   */
  trace<T>(
    kind: SpanKind,
    describe: () => SpanDescription,
    task: (span: OpenSpan | undefined) => T,
  ): T;
}

const KEY = Symbol.for('@loyalnest/core:span-tracer');

/** Shared by every copy of this package, as the request context is. */
const holder = globalThis as { [KEY]?: SpanTracer };

/**
 * Runs `task` in a span, if tracing is on; else it costs one look at a variable.
 *
 * @param describe asked only when a span is made
 */
export function traced<T>(
  kind: SpanKind,
  describe: () => SpanDescription,
  task: (span: OpenSpan | undefined) => T,
): T {
  const tracer = holder[KEY];
  return tracer === undefined ? task(undefined) : tracer.trace(kind, describe, task);
}

/** Whether a tracer is installed. */
export function isTracing(): boolean {
  return holder[KEY] !== undefined;
}

/** Returns what takes the tracer away again; undefined if another one is there already. */
export function installTracer(tracer: SpanTracer): (() => void) | undefined {
  if (holder[KEY] !== undefined) return undefined;
  holder[KEY] = tracer;
  return () => {
    if (holder[KEY] === tracer) delete holder[KEY];
  };
}
