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

/** A job that its handler may see. */
export interface AdmittedJob {
  readonly handler: RegisteredHandler;
  readonly envelope: JobEnvelope;
  readonly payload: unknown;
}

/**
 * What is asked before each run, in this order: is the envelope readable, the name and the version
 * known, did the job crash too often, is it too old, is the payload valid, is it the merchant's turn.
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
    if (!handler) throw await this.wait(job, envelope, `no handler for ${job.name}`);
    const { definition } = handler;
    if (envelope.version > definition.version) {
      const known = `${job.name} is known up to version ${definition.version}`;
      throw await this.wait(job, envelope, `${known}, and this is version ${envelope.version}`);
    }
    // BullMQ counts a stall for each run whose worker was gone, jobs of schedulers included.
    if (job.stalledCounter >= definition.crashes) {
      const times = `${job.stalledCounter} runs ended with their process`;
      throw new RejectedJobError('poison', `${times}; fix the handler before it is redriven`);
    }
    if (envelope.expiresAt && this.clock.now() > Date.parse(envelope.expiresAt)) {
      throw new RejectedJobError('expired', `of no use since ${envelope.expiresAt}`);
    }
    const payload = await checkedPayload(definition, envelope);
    if (this.throttle?.covers(job.queueName)) await this.pace(job, envelope);
    return { handler, envelope, payload };
  }

  private wait(job: RunnableJob, envelope: JobEnvelope, reason: string): Promise<Error> {
    const here = `${reason} in this service`;
    return waitForDeploy(job, envelope, here, this.clock.now(), this.unknownNameForMs);
  }

  private async pace(job: RunnableJob, envelope: JobEnvelope): Promise<void> {
    const slot = await this.throttle!.slotFor(job, envelope);
    if (!slot) return;
    const { delayMs } = slot;
    jobThrottled.publish({ id: job.id!, name: job.name, at: 'start', refused: false, delayMs });
    throw new Postponement(delayMs, { ...envelope, slot: slot.slot }, 'not its turn');
  }
}

function readEnvelope(job: RunnableJob): JobEnvelope {
  const data: unknown = job.data;
  if (isJobEnvelope(data)) return data;
  if (isScheduleTemplate(data)) {
    const envelope = scheduledEnvelope(job.queueName, job.id!, data);
    job.data = envelope;
    // For those who look at the job, such as at a dead letter; a run does not need it.
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
    // An envelope without a version was written by hand; it is taken for a current one.
    const old = version < definition.version;
    return await definition.validate(old ? await definition.upcast(payload, version) : payload);
  } catch (error) {
    throw new RejectedJobError('invalid', error instanceof Error ? error.message : String(error));
  }
}
