import type { JobContext } from '../job/job-context.js';
import type { JobEnvelope } from '../job/job-envelope.js';
import type { RunnableJob } from '../job/runnable-job.js';
import type { JobJournal } from './job-journal.js';

/** The context of one run. */
export class JobRunContext implements JobContext {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly attempt: number;
  readonly attempts: number;
  readonly lastAttempt: boolean;
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly traceparent?: string;
  readonly merchantId?: string;
  readonly userId?: string;
  readonly schedule?: string;
  readonly #journal: JobJournal;

  constructor(
    job: RunnableJob,
    { context, occurredAt, schedule }: JobEnvelope,
    readonly signal: AbortSignal,
    journal: JobJournal,
  ) {
    this.id = job.id!;
    this.name = job.name;
    this.queue = job.queueName;
    this.attempt = job.attemptsMade + 1;
    this.attempts = job.opts.attempts || 1;
    this.lastAttempt = this.attempt >= this.attempts;
    this.occurredAt = occurredAt;
    this.correlationId = context.correlationId;
    if (context.traceparent !== undefined) this.traceparent = context.traceparent;
    if (context.merchantId !== undefined) this.merchantId = context.merchantId;
    if (context.userId !== undefined) this.userId = context.userId;
    if (schedule !== undefined) this.schedule = schedule;
    this.#journal = journal;
    // Bound, because handlers destructure the context: `(payload, { progress })`.
    this.progress = this.progress.bind(this);
    this.log = this.log.bind(this);
  }

  progress(progress: number | object): Promise<void> {
    return this.#journal.progress(this.queue, this.id, progress);
  }

  log(line: string): Promise<void> {
    return this.#journal.log(this.queue, this.id, line);
  }
}
