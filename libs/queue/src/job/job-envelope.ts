import type { ContextCarrier } from '@loyalnest/core';
import { isContextCarrier } from '@loyalnest/core/toolkit';

/** The data of a stored job: its payload, and what a later run needs to know about it. */
export interface JobEnvelope {
  /** Unique for each enqueue; distinguishes a duplicate from the job that is already stored. */
  readonly id: string;
  readonly version: number;
  readonly payload: unknown;
  readonly context: ContextCarrier;
  /** ISO 8601. */
  readonly occurredAt: string;
  /** ISO 8601; no run starts after this time. */
  readonly expiresAt?: string;
  /** Id of the schedule that created the job. */
  readonly schedule?: string;
  /** The slot that throttling reserved for one attempt of the job. */
  readonly slot?: ThrottleSlot;
  /** Set while the job waits for a service that can run it. */
  readonly waiting?: DeployWait;
}

/** When a throttled job may start. */
export interface ThrottleSlot {
  /** Attempts made before the one that the slot is for. */
  readonly attemptsMade: number;
  /** Time between two jobs under the plan that the slot was reserved with. */
  readonly intervalMs: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The wait of a job that no service could run so far. */
export interface DeployWait {
  /** Attempts made when the wait began. */
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
    isContextCarrier(envelope.context)
  );
}
