import { type Clock, currentContext, type OpenSpan, runInContext, traced } from '@loyalnest/core';
import type { BoundAbortController } from '@loyalnest/core/toolkit';
import { isRedriven } from '../job/is-redriven.js';
import { isJobEnvelope } from '../job/job-envelope.js';
import { processSpan } from '../job/job-spans.js';
import type { RunnableJob } from '../job/runnable-job.js';
import { jobFinished, jobStarted } from '../queue.events.js';
import type { AdmittedJob, JobAdmission } from './job-admission.js';
import type { JobJournal } from './job-journal.js';
import { JobLockLostError } from './job-lock-lost.error.js';
import { JobRunContext } from './job-run-context.js';
import { nameStack } from './named-stack.js';
import { RejectedJobError } from './rejected-job.error.js';
import { HandBack, Postponement, type RunOutcome } from './run-outcome.js';
import { isFinal } from './terminal-failure.js';
import { withinRunTime } from './within-run-time.js';

/**
 * Runs one job: admission, context, time limit, handler, outcome. It does not access Redis, and it
 * discards the handler's return value.
 */
export class JobRunner {
  constructor(
    private readonly admission: JobAdmission,
    private readonly clock: Clock,
    private readonly journal: JobJournal,
  ) {}

  /** Never rejects. When `controller` aborts, the run ends with the abort reason as its error. */
  run(job: RunnableJob, controller: BoundAbortController): Promise<RunOutcome> {
    const { data } = job;
    const context = isJobEnvelope(data) ? data.context : undefined;
    const run = (): Promise<RunOutcome> =>
      traced(
        'consumer',
        () => processSpan(job, context),
        (span) => this.runTraced(job, controller, span),
      );
    return context ? runInContext(context, run) : run();
  }

  private async runTraced(
    job: RunnableJob,
    controller: BoundAbortController,
    span: OpenSpan | undefined,
  ): Promise<RunOutcome> {
    const startedAtMs = this.clock.monotonic();
    let outcome: RunOutcome;
    try {
      controller.signal.throwIfAborted();
      const admitted = await this.admission.admit(job);
      await this.handle(job, admitted, controller);
      outcome = { kind: 'completed' };
    } catch (error) {
      outcome = outcomeOf(job, error);
    }
    span?.set({ 'loyalnest.job.outcome': outcome.kind });
    if (outcome.kind === 'postponed') return outcome;
    if (outcome.kind === 'failed' || outcome.kind === 'dead') span?.fail(outcome.error);
    const data: unknown = job.data;
    jobFinished.publish({
      id: job.id!,
      name: job.name,
      attempt: job.attemptsMade + 1,
      outcome: outcome.kind,
      durationMs: this.clock.monotonic() - startedAtMs,
      ...(isJobEnvelope(data) && { context: data.context }),
      ...('error' in outcome && { error: outcome.error }),
    });
    return outcome;
  }

  private handle(
    job: RunnableJob,
    { handler, envelope, payload }: AdmittedJob,
    controller: BoundAbortController,
  ): Promise<void> {
    const { signal } = controller;
    const context = new JobRunContext(job, envelope, signal, this.journal);
    const { id, name, attempt, attempts } = context;
    // A redriven job was a dead letter for most of the time, and when it became ready is unknown.
    const isFirst = attempt === 1 && !isRedriven(job);
    const waitMs = isFirst && { waitMs: this.waitedMs(job, envelope.slot?.at) };
    jobStarted.publish({ id, name, attempt, attempts, ...waitMs });
    return withinRunTime(this.clock, handler.definition, controller, () =>
      runInContext({ ...envelope.context, ...currentSpan(), signal, attempt }, () => {
        controller.bindHere();
        return handler.handle(payload, context);
      }),
    );
  }

  private waitedMs({ timestamp, opts }: RunnableJob, slotAt = 0): number {
    return Math.max(0, this.clock.now() - Math.max(timestamp + (opts.delay ?? 0), slotAt));
  }
}

/** The span of this run, which the stored context does not contain. */
function currentSpan(): object | undefined {
  const { span, traceparent, tracestate } = currentContext() ?? {};
  return span && { span, traceparent, tracestate };
}

function outcomeOf(job: RunnableJob, error: unknown): RunOutcome {
  if (error instanceof Postponement) {
    return { kind: 'postponed', delayMs: error.delayMs, data: error.data };
  }
  if (error instanceof HandBack) return { kind: 'handed-back', error };
  if (error instanceof JobLockLostError) return { kind: 'lost', error };
  nameStack(error);
  if (error instanceof RejectedJobError) return { kind: 'dead', reason: error.reason, error };
  if (isFinal(error)) return { kind: 'dead', reason: 'unrecoverable', error };
  const last = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  return last ? { kind: 'dead', reason: 'exhausted', error } : { kind: 'failed', error };
}
