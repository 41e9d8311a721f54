import { diagnostics } from '@loyalnest/core';

export interface RequestCounted {
  /** `applicationId` of Nest's `ModulesContainer`. */
  readonly app: string;
  /** Names of the limits that counted for the request. */
  readonly limits: readonly string[];
  /** Those that refused it; empty if it was let in. */
  readonly refusedBy: readonly string[];
  /** Redis is away: this process decided by itself. */
  readonly fallback: boolean;
}

/** Told for each request that a limit counted for. It names no client. */
export const requestCounted = diagnostics<RequestCounted>('loyalnest:throttling:request');

export interface StorageChanged {
  readonly state: 'away' | 'back';
  /** Why it is away. */
  readonly reason?: string;
}

/** Told when Redis goes away or comes back, not for each request. */
export const storageChanged = diagnostics<StorageChanged>('loyalnest:throttling:storage');
