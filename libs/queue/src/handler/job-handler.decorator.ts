import { SetMetadata } from '@nestjs/common';
import type { JobContext } from '../job/job-context.js';
import type { JobDefinition } from '../job/job-definition.js';

export const JOB_HANDLER = 'loyalnest:queue:job-handler';

/**
 * Marks the method that runs the jobs of this definition. Each job runs at least once, and never
 * twice at the same time while its worker is alive. A job that has expired or whose payload is
 * invalid never reaches the method. Each job name has exactly one handler. The return value is not
 * stored.
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
