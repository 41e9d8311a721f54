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
