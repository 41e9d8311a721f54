import type { JobName } from '@loyalnest/core';

/**
 * The job id of an idempotency key. BullMQ refuses ids that contain a colon or are a plain number,
 * so the id is the job's name followed by the percent-encoded key.
 */
export function jobIdOf(name: JobName, idempotencyKey: string): string {
  return `${name}-${encodeURIComponent(idempotencyKey)}`;
}
