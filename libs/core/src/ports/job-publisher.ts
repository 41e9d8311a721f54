import type { ContextCarrier } from '../context/context-carrier.js';

/** A job's name: the domain that owns its queue, a dot, and what is to be done. */
export type JobName = `${string}.${string}`;

/** What a producer needs to know of a kind of job; queue's `defineJob` makes it. */
export interface JobDescriptor<Payload = unknown> {
  readonly name: JobName;
  /** Version of the payload's shape. */
  readonly version: number;
  /** Runs in all, the first one included. */
  readonly attempts: number;
  /** How long the job is of use after it happened, in milliseconds. */
  readonly expiresAfterMs?: number;
  /** Resolves to the checked payload; rejects with an error that names each wrong field. */
  validate(payload: unknown): Promise<Payload>;
}

/** A job as it is stored before it is published. */
export interface PublishableJob {
  /** Identity of the event; publishing it twice leaves one job. No colon in it. */
  readonly id: string;
  readonly name: JobName;
  readonly version: number;
  readonly attempts: number;
  readonly payload: unknown;
  readonly context: ContextCarrier;
  /** ISO 8601 time at which the fact happened. */
  readonly occurredAt: string;
  /** ISO 8601 time after which the job is of no use; it is not run then. */
  readonly expiresAt?: string;
}

export type PublishResult =
  | { readonly id: string; readonly outcome: 'published' | 'duplicate' }
  | { readonly id: string; readonly outcome: 'failed'; readonly error: Error };

/** Where a published job stands; `unknown` means that the queue has lost or forgotten it. */
export type JobFate = 'pending' | 'completed' | 'dead' | 'unknown';

/** What the outbox publishes to. The queue module provides it; injected by this class. */
export abstract class JobPublisher {
  /**
   * How long after its last failure a dead letter can be run again, in milliseconds; undefined if
   * without limit. A consumer that remembers what it has applied has to remember it longer.
   */
  get redrivableForMs(): number | undefined {
    return undefined;
  }

  /** Publishes all jobs; never rejects for a single one, and settles within seconds. */
  abstract publish(jobs: readonly PublishableJob[]): Promise<readonly PublishResult[]>;

  /** Tells where each job stands, in the order given. Rejects if the queue cannot be asked. */
  abstract fates(jobs: readonly Pick<PublishableJob, 'id' | 'name'>[]): Promise<readonly JobFate[]>;
}
