import { createHash } from 'node:crypto';
import { isJobEnvelope, type JobEnvelope } from '../job/job-envelope.js';

/** What a schedule stores to make its jobs from. */
export interface ScheduleTemplate {
  readonly schedule: string;
  readonly version: number;
  readonly payload: unknown;
  readonly expiresAfterMs?: number;
}

export function isScheduleTemplate(data: unknown): data is ScheduleTemplate {
  const template = data as Partial<ScheduleTemplate> | null | undefined;
  return (
    typeof template === 'object' &&
    template !== null &&
    typeof template.schedule === 'string' &&
    'payload' in template &&
    !isJobEnvelope(data)
  );
}

/**
 * The envelope of one run of a schedule, whose template can't hold what each run has of its own.
 * BullMQ ends the job's id with the time at which it is due. All that is made here follows from the
 * id: an attempt after a crash has the same correlation id.
 */
export function scheduledEnvelope(
  queue: string,
  id: string,
  { schedule, version, payload, expiresAfterMs }: ScheduleTemplate,
): JobEnvelope {
  const dueAt = Number(id.slice(id.lastIndexOf(':') + 1));
  const correlationId = createHash('sha256').update(`${queue}:${id}`).digest('hex').slice(0, 32);
  return {
    id,
    version,
    payload,
    context: { correlationId },
    occurredAt: new Date(dueAt).toISOString(),
    ...(expiresAfterMs && { expiresAt: new Date(dueAt + expiresAfterMs).toISOString() }),
    schedule,
  };
}
