import type { ContextCarrier } from '../context/context-carrier.js';

/** Name of a job: the domain that owns its queue, a dot, and the action. */
export type JobName = `${string}.${string}`;

/** What a producer knows about a kind of job. `defineJob` of `@loyalnest/queue` makes it. */
export interface JobDescriptor<Payload = unknown> {
  readonly name: JobName;
  /** Version of the payload's shape. */
  readonly version: number;
  /** Max number of runs, including the first. */
  readonly attempts: number;
  /** How long after the event the job is still useful, in milliseconds. */
  readonly expiresAfterMs?: number;
  /** Resolves to the checked payload. Rejects with an error that names each wrong field. */
  validate(payload: unknown): Promise<Payload>;
}

/** A job as it is stored before it is published. */
export interface PublishableJob {
  /** Id of the event, without a colon. Publishing the same id twice makes one job. */
  readonly id: string;
  readonly name: JobName;
  readonly version: number;
  readonly attempts: number;
  readonly payload: unknown;
  readonly context: ContextCarrier;
  /** ISO 8601 time of the event. */
  readonly occurredAt: string;
  /** ISO 8601 time after which the job is useless and is not run. */
  readonly expiresAt?: string;
}

/** What became of one job that was to be published. */
export type PublishResult =
  | { readonly id: string; readonly outcome: 'published' | 'duplicate' }
  | { readonly id: string; readonly outcome: 'failed'; readonly error: Error };

/** State of a published job. `unknown` means that the queue has lost or forgotten it. */
export type JobFate = 'pending' | 'completed' | 'dead' | 'unknown';

/**
 * Where the outbox publishes its events. This class is the injection token; `@loyalnest/queue` provides
 * an implementation.
 */
export abstract class JobPublisher {
  /**
   * How long after its last failure a dead letter can be run again, in milliseconds; undefined means no
   * limit. A consumer that remembers applied jobs must remember them for longer.
   */
  get redrivableForMs(): number | undefined {
    return undefined;
  }

  /** Publishes all jobs. Settles within seconds, and never rejects because of a single job. */
  abstract publish(jobs: readonly PublishableJob[]): Promise<readonly PublishResult[]>;

  /** Resolves to the state of each job, in the same order. Rejects if the queue is unavailable. */
  abstract fates(jobs: readonly Pick<PublishableJob, 'id' | 'name'>[]): Promise<readonly JobFate[]>;
}
