import { diagnostics } from '@loyalnest/core';

/** A request that limits counted. It names no client. */
export interface RequestCounted {
  /** `applicationId` of Nest's `ModulesContainer`. */
  readonly app: string;
  /** Names of the limits that counted for the request. */
  readonly limits: readonly string[];
  /** Names of the limits that refused it; empty if it was allowed. */
  readonly refusedBy: readonly string[];
  /** Whether this process decided alone because Redis is unavailable. */
  readonly fallback: boolean;
}

/** Published for each request that a limit counted. */
export const requestCounted = diagnostics<RequestCounted>('loyalnest:throttling:request');

/** Redis became unavailable (`away`) or available again (`back`). */
export interface StorageChanged {
  readonly state: 'away' | 'back';
  /** Why Redis is unavailable. */
  readonly reason?: string;
}

/** Published when Redis becomes unavailable or available again, not for each request. */
export const storageChanged = diagnostics<StorageChanged>('loyalnest:throttling:storage');
