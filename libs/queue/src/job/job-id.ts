import type { JobName } from '@loyalnest/core';

/**
 * The job id of an idempotency key. BullMQ refuses colons and plain numbers in ids, so the key is
 * percent-encoded behind the job's name.
 */
export function jobIdOf(name: JobName, idempotencyKey: string): string {
  return `${name}-${encodeURIComponent(idempotencyKey)}`;
}
