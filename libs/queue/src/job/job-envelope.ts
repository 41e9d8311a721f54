import type { ContextCarrier } from '@loyalnest/core';

/** What is stored in a job's data: the payload and what it needs to be understood later. */
export interface JobEnvelope {
  /** Identity of this enqueueing; tells a duplicate from the job that is already there. */
  readonly id: string;
  readonly version: number;
  readonly payload: unknown;
  readonly context: ContextCarrier;
  /** ISO 8601. */
  readonly occurredAt: string;
  /** ISO 8601; the job is not run after this time. */
  readonly expiresAt?: string;
  /** The schedule that made the job. */
  readonly schedule?: string;
  /** The slot that throttling has given to one attempt of the job. */
  readonly slot?: ThrottleSlot;
  /** Since when this service cannot run it. */
  readonly waiting?: DeployWait;
}

export interface ThrottleSlot {
  /** Attempts made before the one that the slot is for. */
  readonly attemptsMade: number;
  /** Distance of two jobs in the plan that gave it. */
  readonly intervalMs: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface DeployWait {
  readonly attemptsMade: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export function isJobEnvelope(data: unknown): data is JobEnvelope {
  const envelope = data as Partial<JobEnvelope> | null | undefined;
  return (
    typeof envelope === 'object' &&
    envelope !== null &&
    'payload' in envelope &&
    typeof envelope.context?.correlationId === 'string'
  );
}
