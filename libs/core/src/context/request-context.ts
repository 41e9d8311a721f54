import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSpan } from '../tracing/span-tracer.js';
import { ContextIdError } from './context-id.error.js';
import { requireContextId } from './context-id.js';
import type { Deadline } from './deadline.js';

/** What is known about the request, job or event that caused the running code. */
export interface RequestContext {
  /** Matches {@link CORRELATION_ID}; the same in every service and job that the request reaches. */
  readonly correlationId: string;
  /** W3C Trace Context header: as it was received, or of the current span if tracing is on. */
  readonly traceparent?: string;
  /** Data that tracing systems of other services added to `traceparent`. */
  readonly tracestate?: string;
  /**
   * 1 to 256 bytes of well-formed Unicode without control characters. Every other id is refused with a
   * `ContextIdError` where it is set.
   */
  readonly merchantId?: string;
  /** The same rules as for `merchantId`. */
  readonly userId?: string;
  /** When the caller stops waiting. */
  readonly deadline?: Deadline;
  /** Aborts when the caller disconnects or the work is cancelled. */
  readonly signal?: AbortSignal;
  /**
   * Aborts when the process begins to shut down. Work may still go on, but streams and long loops
   * should end so that another process can continue them.
   */
  readonly drainSignal?: AbortSignal;
  /** Number of the attempt of a job or a retried call; 1 is the first. */
  readonly attempt?: number;
  /** Name of the retry that runs this attempt, so that an inner retry does not multiply attempts. */
  readonly retriedBy?: string;
  /** The current span. Policies add their decisions to it. */
  readonly span?: OpenSpan;
}

/** Pattern of accepted correlation ids: no spaces, no control characters, at most 128 characters. */
export const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Makes a context when it is first read. */
export interface ContextSource {
  /** @param parent the context in which the task was started */
  contextFrom(parent: RequestContext | undefined): RequestContext;
}

const KEY = Symbol.for('@loyalnest/core:request-context');

type Stored = RequestContext | DeferredContext;

/** A context that is made when it is first read. Most tasks never read it. */
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

/** The one storage of the process, shared by every installed copy of this package. */
function storage(): AsyncLocalStorage<Stored> {
  const holder = globalThis as { [KEY]?: AsyncLocalStorage<Stored> };
  return (holder[KEY] ??= new AsyncLocalStorage<Stored>());
}

const contexts = storage();

function read(stored: Stored | undefined): RequestContext | undefined {
  // Checks a field instead of the class, as another copy of this package may have stored the context.
  return stored !== undefined && 'deferred' in stored ? stored.read() : stored;
}

/** Returns the context of the running request or job. Undefined outside of one. */
export function currentContext(): RequestContext | undefined {
  const stored = contexts.getStore();
  return stored === undefined ? undefined : read(stored);
}

/**
 * Runs `task`, and everything that it starts, in `context`.
 *
 * @throws {@link ContextIdError} for an id that other services could not receive
 */
export function runInContext<T>(context: RequestContext, task: () => T): T {
  requireIds(context);
  return contexts.run(context, task);
}

/** Runs `task`, and everything that it starts, without a context. */
export function leaveContext<T>(task: () => T): T {
  return contexts.exit(task);
}

/**
 * Runs `task` in the current context with `changes`. Without a context, starts a new one.
 *
 * @throws {@link ContextIdError} for an id that other services could not receive
 */
export function runInChildContext<T>(changes: Partial<RequestContext>, task: () => T): T {
  requireIds(changes);
  const parent = currentContext() ?? { correlationId: newCorrelationId() };
  return contexts.run({ ...parent, ...changes }, task);
}

/**
 * Runs `task(input)` in a context that `source` makes when it is first read. For code that runs so often
 * that making an unread context would be its largest cost.
 */
export function runInDeferredContext<Input, Result>(
  source: ContextSource,
  task: (input: Input) => Result,
  input: Input,
): Result {
  return contexts.run(new DeferredContext(contexts.getStore(), source), task, input);
}

function requireIds({ correlationId, merchantId, userId }: Partial<RequestContext>): void {
  if (correlationId !== undefined && !CORRELATION_ID.test(correlationId)) {
    throw new ContextIdError(
      'correlationId',
      'is malformed; use 1 to 128 letters, digits and characters of ._:-',
    );
  }
  if (merchantId !== undefined) requireContextId('merchantId', merchantId);
  if (userId !== undefined) requireContextId('userId', userId);
}

/** Returns a new correlation id (UUID v4). */
export function newCorrelationId(): string {
  return crypto.randomUUID();
}
