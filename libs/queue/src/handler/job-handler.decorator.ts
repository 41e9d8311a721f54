import { SetMetadata } from '@nestjs/common';
import type { JobContext } from '../job/job-context.js';
import type { JobDefinition } from '../job/job-definition.js';

export const JOB_HANDLER = 'loyalnest:queue:job-handler';

/**
 * The method runs the jobs of this definition: at least once each, never twice at the same time
 * while its worker is alive. A job whose payload is invalid or too old never reaches it. Exactly
 * one handler per job name; what it returns is not stored.
 */
export function JobHandler<Payload>(definition: JobDefinition<Payload>) {
  return <Method extends (payload: Payload, job: JobContext) => Promise<unknown>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    SetMetadata(JOB_HANDLER, definition)(target, key, descriptor as PropertyDescriptor);
  };
}
