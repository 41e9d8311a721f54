import { runInContext, type Clock } from '@loyalnest/core';
import { WaitingError, type Job } from 'bullmq';
import { jobFinished, type JobOutcome } from '../queue.events.js';
import type { JobContext } from '../job/job-context.js';
import { isJobEnvelope, type JobEnvelope } from '../job/job-envelope.js';
import type { RegisteredHandler } from './job-handlers.js';
import { JobTimeoutError } from './job-timeout.error.js';
import { RejectedJobError } from './rejected-job.error.js';
import { isFinal, terminalFailure } from './terminal-failure.js';

/** Reason by which a run is told to stop because its process shuts down. */
export class HandBack extends Error {
  override readonly name = 'HandBack';
}

/**
 * What happens around every run of a handler, in this order: known name, readable envelope, expiry,
 * validation, context, time limit, handler. The handler's return value never reaches BullMQ, which
 * would fail the job after its effect if it could not be serialised.
 */
export class JobRunner {
  private readonly running = new Map<string, AbortController>();
  private stopped = false;

  constructor(
    private readonly handlers: ReadonlyMap<string, RegisteredHandler>,
    private readonly clock: Clock,
  ) {}

  /** Ids of the jobs that are running now. */
  get active(): readonly string[] {
    return [...this.running.keys()];
  }

  /**
   * From now on every job that still arrives goes back unseen: a paused worker may have one more
   * underway, as BullMQ does not look again between its blocking read and taking the job.
   */
  stop(): void {
    this.stopped = true;
  }

  /** Tells every run to stop; each job goes back into its queue with no attempt counted. */
  handBackAll(): void {
    this.stop();
    for (const controller of this.running.values()) {
      controller.abort(new HandBack('the process shuts down'));
    }
  }

  async run(job: Job, token: string | undefined, lost: AbortSignal | undefined): Promise<void> {
    const id = job.id!;
    const controller = new AbortController();
    const onLost = (): void => controller.abort(lost!.reason);
    lost?.addEventListener('abort', onLost, { once: true });
    this.running.set(id, controller);
    const startedAtMs = this.clock.monotonic();
    let outcome: JobOutcome = 'completed';
    let failure: unknown;
    try {
      if (this.stopped) throw new HandBack('the process shuts down');
      await this.handle(job, controller);
    } catch (error) {
      failure = error;
      if (error instanceof HandBack && token) {
        outcome = 'handed-back';
        await job.moveToWait(token);
        throw new WaitingError();
      }
      const last = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      outcome = isFinal(error) || last ? 'dead' : 'failed';
      if (!isFinal(error)) throw error;
      const reason = error instanceof RejectedJobError ? error.reason : 'unrecoverable';
      throw terminalFailure(reason, error);
    } finally {
      this.running.delete(id);
      lost?.removeEventListener('abort', onLost);
      const data: unknown = job.data;
      jobFinished.publish({
        id,
        name: job.name,
        attempt: job.attemptsMade + 1,
        outcome,
        durationMs: this.clock.monotonic() - startedAtMs,
        ...(isJobEnvelope(data) && { context: data.context }),
        ...(failure !== undefined && { error: failure }),
      });
    }
  }

  private async handle(job: Job, controller: AbortController): Promise<void> {
    const handler = this.handlers.get(job.name);
    if (!handler)
      throw new RejectedJobError('unknown-name', `no handler for ${job.name} in this service`);
    const envelope: unknown = job.data;
    if (!isJobEnvelope(envelope)) {
      throw new RejectedJobError(
        'invalid',
        `job ${job.id} has no envelope; enqueue it with JobProducer`,
      );
    }
    // BullMQ counts a stall for each run whose worker was gone, jobs of schedulers included.
    if (job.stalledCounter >= handler.definition.crashes) {
      const times = `${job.stalledCounter} runs ended with their process`;
      throw new RejectedJobError('poison', `${times}; fix the handler before it is redriven`);
    }
    if (envelope.expiresAt && this.clock.now() > Date.parse(envelope.expiresAt)) {
      throw new RejectedJobError('expired', `of no use since ${envelope.expiresAt}`);
    }
    const payload = await handler.definition.validate(envelope.payload).catch((error: Error) => {
      throw new RejectedJobError('invalid', error.message);
    });
    const context = jobContext(job, envelope, controller.signal);
    await this.withinTime(handler, controller, () =>
      runInContext(
        { ...envelope.context, signal: controller.signal, attempt: context.attempt },
        () => handler.handle(payload, context),
      ),
    );
  }

  /** Settles with the handler, or when the run is aborted: by its time limit or by a shutdown. */
  private withinTime(
    { definition: { name, timeoutMs } }: RegisteredHandler,
    controller: AbortController,
    run: () => Promise<unknown>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = controller;
      const onAbort = (): void => settle(() => reject(signal.reason));
      const cancelTimer = this.clock.schedule(
        () => controller.abort(new JobTimeoutError(name, timeoutMs)),
        timeoutMs,
      );
      const settle = (finish: () => void): void => {
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
        finish();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) {
        onAbort();
        return;
      }
      Promise.resolve()
        .then(run)
        .then(
          () => settle(resolve),
          (error: unknown) => settle(() => reject(error)),
        );
    });
  }
}

function jobContext(job: Job, envelope: JobEnvelope, signal: AbortSignal): JobContext {
  return {
    id: job.id!,
    name: job.name,
    attempt: job.attemptsMade + 1,
    attempts: job.opts.attempts ?? 1,
    occurredAt: envelope.occurredAt,
    correlationId: envelope.context.correlationId,
    signal,
  };
}
