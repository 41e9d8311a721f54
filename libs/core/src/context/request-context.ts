import { AsyncLocalStorage } from 'node:async_hooks';
import type { Deadline } from './deadline.js';

/** What one request, job or event carries with it through every call that it causes. */
export interface RequestContext {
  /** Matches {@link CORRELATION_ID}; the same in every service and job that the request reaches. */
  readonly correlationId: string;
  /** W3C Trace Context header, kept as it came. */
  readonly traceparent?: string;
  readonly merchantId?: string;
  readonly userId?: string;
  /** When the caller stops waiting. */
  readonly deadline?: Deadline;
  /** Aborts when the caller went away or the work was cancelled. */
  readonly signal?: AbortSignal;
  /** Which attempt of a job or a retried call this is; 1 is the first. */
  readonly attempt?: number;
  /** Name of the retry whose attempt this is; a retry further in does not multiply it. */
  readonly retriedBy?: string;
}

/** Ids that are accepted from outside: no spaces, no control characters, at most 128 characters. */
export const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

const KEY = Symbol.for('@loyalnest/core:request-context');

/** One storage per process, shared by every copy of this package that may be installed. */
function storage(): AsyncLocalStorage<RequestContext> {
  const holder = globalThis as { [KEY]?: AsyncLocalStorage<RequestContext> };
  return (holder[KEY] ??= new AsyncLocalStorage<RequestContext>());
}

const contexts = storage();

/** The context of the running request or job; undefined outside of one. */
export function currentContext(): RequestContext | undefined {
  return contexts.getStore();
}

/** Runs `task`, and all that it starts, in `context`. */
export function runInContext<T>(context: RequestContext, task: () => T): T {
  return contexts.run(context, task);
}

/** Runs `task` in the current context with `changes`; starts a new context where there is none. */
export function runInChildContext<T>(changes: Partial<RequestContext>, task: () => T): T {
  const parent = contexts.getStore() ?? { correlationId: newCorrelationId() };
  return contexts.run({ ...parent, ...changes }, task);
}

/** A fresh correlation id (UUID v4). */
export function newCorrelationId(): string {
  return crypto.randomUUID();
}
