import type { Clock } from '@loyalnest/core';
import type { RegisteredHandler } from '../handler/job-handlers.js';
import type { JobDefinition } from '../job/job-definition.js';
import { isJobEnvelope, type JobEnvelope } from '../job/job-envelope.js';
import type { RunnableJob } from '../job/runnable-job.js';
import { jobThrottled } from '../queue.events.js';
import { isScheduleTemplate, scheduledEnvelope } from '../schedule/scheduled-run.js';
import type { StartThrottle } from '../throttling/start-throttle.js';
import { waitForDeploy } from './deploy-wait.js';
import { RejectedJobError } from './rejected-job.error.js';
import { Postponement } from './run-outcome.js';

/** A job that passed all checks and may run. */
export interface AdmittedJob {
  readonly handler: RegisteredHandler;
  readonly envelope: JobEnvelope;
  readonly payload: unknown;
}

/**
 * Decides before each run whether the job may run. It checks, in this order: a readable envelope, a
 * known name and version, too many crashes, expiry, a valid payload, the merchant's plan.
 */
export class JobAdmission {
  constructor(
    private readonly handlers: ReadonlyMap<string, RegisteredHandler>,
    private readonly clock: Clock,
    private readonly unknownNameForMs: number,
    private readonly throttle?: StartThrottle,
  ) {}

  /**
   * @throws RejectedJobError for a job that must not run
   * @throws Postponement for one that must not run yet
   */
  async admit(job: RunnableJob): Promise<AdmittedJob> {
    const envelope = readEnvelope(job);
    const handler = this.handlers.get(job.name);
    if (!handler)
      throw await this.wait(job, envelope, `no handler for ${job.name} in this service`);
    const { definition } = handler;
    if (envelope.version > definition.version) {
      const known = `this service runs ${job.name} up to version ${definition.version}`;
      throw await this.wait(job, envelope, `${known}, and the job has version ${envelope.version}`);
    }
    // BullMQ counts a stall for each run whose worker disappeared, also for scheduled jobs.
    if (job.stalledCounter >= definition.crashes) {
      const crashes = `the worker died or stalled during this job (${job.stalledCounter}x)`;
      throw new RejectedJobError(
        'poison',
        `${crashes}; fix the handler before you redrive the job`,
      );
    }
    if (envelope.expiresAt && this.clock.now() > Date.parse(envelope.expiresAt)) {
      throw new RejectedJobError('expired', `the job expired at ${envelope.expiresAt}`);
    }
    const payload = await checkedPayload(definition, envelope);
    if (this.throttle?.covers(job.queueName)) await this.pace(job, envelope);
    return { handler, envelope, payload };
  }

  private wait(job: RunnableJob, envelope: JobEnvelope, reason: string): Promise<Error> {
    return waitForDeploy(job, envelope, reason, this.clock.now(), this.unknownNameForMs);
  }

  private async pace(job: RunnableJob, envelope: JobEnvelope): Promise<void> {
    const slot = await this.throttle!.slotFor(job, envelope);
    if (!slot) return;
    const { delayMs } = slot;
    jobThrottled.publish({ id: job.id!, name: job.name, at: 'start', refused: false, delayMs });
    throw new Postponement(delayMs, { ...envelope, slot: slot.slot }, 'the job waits for its slot');
  }
}

function readEnvelope(job: RunnableJob): JobEnvelope {
  const data: unknown = job.data;
  if (isJobEnvelope(data)) return data;
  if (isScheduleTemplate(data)) {
    const envelope = scheduledEnvelope(job.queueName, job.id!, data);
    job.data = envelope;
    // Stored for readers of the job, such as the dead-letter list. The run itself does not need it.
    job.updateData(envelope).catch(() => undefined);
    return envelope;
  }
  const remedy = 'enqueue it with JobProducer';
  throw new RejectedJobError('invalid', `job ${job.id} has no envelope; ${remedy}`);
}

async function checkedPayload(
  definition: JobDefinition,
  { version, payload }: JobEnvelope,
): Promise<unknown> {
  try {
    // An envelope without a version was written by hand and counts as current.
    const old = version < definition.version;
    return await definition.validate(old ? await definition.upcast(payload, version) : payload);
  } catch (error) {
    throw new RejectedJobError('invalid', error instanceof Error ? error.message : String(error));
  }
}
