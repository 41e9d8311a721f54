import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSpan } from '../tracing/span-tracer.js';
import type { Deadline } from './deadline.js';

/** What one request, job or event carries with it through every call that it causes. */
export interface RequestContext {
  /** Matches {@link CORRELATION_ID}; the same in every service and job that the request reaches. */
  readonly correlationId: string;
  /** W3C Trace Context header: kept as it came, or that of the current span if tracing is on. */
  readonly traceparent?: string;
  /** What tracing systems on the way have added to `traceparent`. */
  readonly tracestate?: string;
  readonly merchantId?: string;
  readonly userId?: string;
  /** When the caller stops waiting. */
  readonly deadline?: Deadline;
  /** Aborts when the caller went away or the work was cancelled. */
  readonly signal?: AbortSignal;
  /**
   * Aborts when the process begins to shut down, while the work may still go on: a stream or a long
   * loop ends itself then, and is continued elsewhere.
   */
  readonly drainSignal?: AbortSignal;
  /** Which attempt of a job or a retried call this is; 1 is the first. */
  readonly attempt?: number;
  /** Name of the retry whose attempt this is; a retry further in does not multiply it. */
  readonly retriedBy?: string;
  /** The span that is running; what policies decide is noted on it. */
  readonly span?: OpenSpan;
}

/** Ids that are accepted from outside: no spaces, no control characters, at most 128 characters. */
export const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Makes a context when somebody first asks for it. */
export interface ContextSource {
  /** @param parent the context in which the source's own task was started */
  contextFrom(parent: RequestContext | undefined): RequestContext;
}

const KEY = Symbol.for('@loyalnest/core:request-context');

type Stored = RequestContext | DeferredContext;

/** A context that is made when it is first read, which most tasks never do. */
class DeferredContext {
  readonly deferred = true;
  private made: RequestContext | undefined;

  constructor(
    private readonly parent: Stored | undefined,
    private readonly source: ContextSource,
  ) {}

  read(): RequestContext {
    return (this.made ??= this.source.contextFrom(read(this.parent)));
  }
}

/** One storage per process, shared by every copy of this package that may be installed. */
function storage(): AsyncLocalStorage<Stored> {
  const holder = globalThis as { [KEY]?: AsyncLocalStorage<Stored> };
  return (holder[KEY] ??= new AsyncLocalStorage<Stored>());
}

const contexts = storage();

function read(stored: Stored | undefined): RequestContext | undefined {
  // Told by a field and not by the class: another copy of this package may have stored it.
  return stored !== undefined && 'deferred' in stored ? stored.read() : stored;
}

/** The context of the running request or job; undefined outside of one. */
export function currentContext(): RequestContext | undefined {
  const stored = contexts.getStore();
  return stored === undefined ? undefined : read(stored);
}

/** Runs `task`, and all that it starts, in `context`. */
export function runInContext<T>(context: RequestContext, task: () => T): T {
  return contexts.run(context, task);
}

/** Runs `task` in the current context with `changes`; starts a new context where there is none. */
export function runInChildContext<T>(changes: Partial<RequestContext>, task: () => T): T {
  const parent = currentContext() ?? { correlationId: newCorrelationId() };
  return contexts.run({ ...parent, ...changes }, task);
}

/**
 * Runs `task(input)` in a context that `source` makes when it is first asked for. For code that is
 * run so often that a context nobody reads would be its greatest cost.
 */
export function runInDeferredContext<Input, Result>(
  source: ContextSource,
  task: (input: Input) => Result,
  input: Input,
): Result {
  return contexts.run(new DeferredContext(contexts.getStore(), source), task, input);
}

/** A fresh correlation id (UUID v4). */
export function newCorrelationId(): string {
  return crypto.randomUUID();
}
