import { OptionError } from '@loyalnest/core';
import type { DiscoveryService } from '@nestjs/core';
import type { Job, JobsOptions, Queue } from 'bullmq';
import { isJobEnvelope } from './job/job-envelope.js';

const REMEDY =
  'leave it out: it would delete dead letters, including those of other jobs; ' +
  'set deadLetters of QueueModule.forRoot instead';
/** Max size of an envelope without its payload. */
const ENVELOPE_BYTES = 4_096;
const GUARDED = Symbol('loyalnest:queue:guarded');
/** Metadata of @nestjs/bullmq, which does not export the keys. */
const PROCESSOR = 'bullmq:processor_metadata';
const WORKER_OPTIONS = 'bullmq:worker_metadata';

type Retention = Pick<JobsOptions, 'removeOnFail'>;

function refuseTrimming(path: string, options: Retention | undefined): void {
  const value = options?.removeOnFail;
  if (value === undefined || value === false) return;
  throw new OptionError(`${path}.removeOnFail`, value, REMEDY);
}

/**
 * Makes the BullMQ queue refuse options that would trim the failed set, and oversized jobs, when
 * code adds jobs to it directly instead of with `JobProducer`.
 *
 * @throws OptionError if the queue's default job options would trim the failed set
 */
export function guardRetention(bull: Queue, payloadLimitBytes: number): void {
  const path = `queue '${bull.name}'`;
  refuseTrimming(`${path}.defaultJobOptions`, bull.defaultJobOptions);
  if (GUARDED in bull) return;
  const sizeLimit = payloadLimitBytes + ENVELOPE_BYTES;
  const checked = (call: string, data: unknown, options?: JobsOptions): JobsOptions => {
    refuseTrimming(`${path}.${call}`, options);
    return isJobEnvelope(data) ? { ...options } : { sizeLimit, ...options };
  };
  const { add, addBulk, upsertJobScheduler } = bull;
  Object.assign(bull, {
    [GUARDED]: true,
    async add(name: string, data: unknown, options?: JobsOptions): Promise<Job> {
      return add.call(bull, name, data, checked('add', data, options));
    },
    async addBulk(jobs: Parameters<Queue['addBulk']>[0]): Promise<Job[]> {
      const guarded = jobs.map((job) => ({ ...job, opts: checked('addBulk', job.data, job.opts) }));
      return addBulk.call(bull, guarded);
    },
    async upsertJobScheduler(...args: Parameters<Queue['upsertJobScheduler']>): Promise<unknown> {
      refuseTrimming(`${path}.upsertJobScheduler`, args[2]?.opts);
      return upsertJobScheduler.apply(bull, args);
    },
  });
}

/** @throws OptionError if a `@Processor` of one of the queues would trim its failed set */
export function refuseTrimmingProcessors(
  discovery: DiscoveryService,
  queues: ReadonlySet<string>,
): void {
  for (const { metatype, instance } of discovery.getProviders()) {
    const target: unknown = metatype?.prototype ? metatype : instance?.constructor;
    if (typeof target !== 'function') continue;
    const processor = Reflect.getMetadata(PROCESSOR, target) as { name?: string } | undefined;
    if (processor?.name === undefined || !queues.has(processor.name)) continue;
    const options = Reflect.getMetadata(WORKER_OPTIONS, target) as Retention | undefined;
    refuseTrimming(`@Processor('${processor.name}') ${target.name}`, options);
  }
}
