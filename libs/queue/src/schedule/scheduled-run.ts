import { createHash } from 'node:crypto';
import { isJobEnvelope, type JobEnvelope } from '../job/job-envelope.js';

/** The data that a schedule stores for its jobs. */
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
 * Creates the envelope of one run of a schedule; the schedule's template is the same for all runs.
 * BullMQ ends the job's id with its due time. The envelope depends only on the queue, the id and
 * the template, so an attempt after a crash has the same correlation id.
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
