import { diagnostics, type RequestPriority } from '@loyalnest/core';

/**
 * Why a request was refused: the event loop was late (`loop-late`), or as many requests as the limit allows
 * were being served (`limit-reached`).
 */
export type RefusalReason = 'loop-late' | 'limit-reached';

/** Requests that were refused because of overload. */
export interface RequestsRefused {
  /** `applicationId` of Nest's `ModulesContainer`. */
  readonly app: string;
  readonly priority: RequestPriority;
  readonly reason: RefusalReason;
  /** How many were refused since the last event with this priority and reason. */
  readonly count: number;
}

/** Published at most once a second for each priority and reason, because refusals must stay cheap. */
export const requestsRefused = diagnostics<RequestsRefused>('loyalnest:http:requests-refused');
