/** `server` and `consumer` start the work of a process; the other kinds are parts of it. */
export type SpanKind = 'server' | 'consumer' | 'client' | 'producer' | 'internal';

/** Attributes of a span. Undefined values are left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span before it starts, with the names of OpenTelemetry's semantic conventions. */
export interface SpanDescription {
  /** A name with few values: a route's template, never a URL. */
  readonly name: string;
  readonly attributes?: SpanAttributes;
  /** `traceparent`s of spans that caused this one but are not its parent. */
  readonly links?: readonly string[];
  /** Starts a new trace. @defaultValue false: continues the trace of the context */
  readonly newTrace?: boolean;
}

/** A span that has started. Calls after its end are ignored. */
export interface OpenSpan {
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  addEvent(name: string, attributes?: SpanAttributes): void;
  /** @param error the thrown error, or a short name of the failure */
  fail(error: unknown): void;
}

/** Makes spans with a tracing library. A process has at most one. */
export interface SpanTracer {
  /**
   * Runs `task` in a context with the `span` and the `traceparent` of the new span, so that everything
   * that `task` sends belongs to the span. The span ends when the result settles, and fails with the
   * thrown error. If nothing is recorded, `task` runs without a span.
   */
  trace<T>(
    kind: SpanKind,
    describe: () => SpanDescription,
    task: (span: OpenSpan | undefined) => T,
  ): T;
}

const KEY = Symbol.for('@loyalnest/core:span-tracer');

/** Shared by every installed copy of this package, like the request context. */
const holder = globalThis as { [KEY]?: SpanTracer };

/**
 * Runs `task` in a span if tracing is on. Otherwise it costs one lookup of a variable.
 *
 * @param describe called only if a span is made
 */
export function traced<T>(
  kind: SpanKind,
  describe: () => SpanDescription,
  task: (span: OpenSpan | undefined) => T,
): T {
  const tracer = holder[KEY];
  return tracer === undefined ? task(undefined) : tracer.trace(kind, describe, task);
}

/** Returns whether a tracer is installed. */
export function isTracing(): boolean {
  return holder[KEY] !== undefined;
}

/**
 * Installs the tracer of this process.
 *
 * @returns a function that removes it; undefined if another tracer is already installed
 */
export function installTracer(tracer: SpanTracer): (() => void) | undefined {
  if (holder[KEY] !== undefined) return undefined;
  holder[KEY] = tracer;
  return () => {
    if (holder[KEY] === tracer) delete holder[KEY];
  };
}
