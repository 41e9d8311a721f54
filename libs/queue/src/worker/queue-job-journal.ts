import { Logger } from '@nestjs/common';
import type { QueueRegistry } from '../queue-registry.js';
import { redactFailure } from './failure-redaction.js';
import type { JobJournal } from './job-journal.js';

const MAX_LINES = 100;
const MAX_LINE_LENGTH = 2_000;

/**
 * Stores progress and redacted log lines over the fail-fast connection. A worker's own connection would wait
 * for Redis, and the handler with it. Never rejects; failures are logged at debug level.
 */
export class QueueJobJournal implements JobJournal {
  private readonly logger = new Logger('Queue');

  constructor(private readonly registry: QueueRegistry) {}

  progress(queue: string, id: string, progress: number | object): Promise<void> {
    return this.quietly(() => this.registry.get(queue).bull.updateJobProgress(id, progress));
  }

  log(queue: string, id: string, line: string): Promise<void> {
    const { bull } = this.registry.get(queue);
    const row = redactFailure(String(line), MAX_LINE_LENGTH);
    return this.quietly(() => bull.addJobLog(id, row, MAX_LINES));
  }

  private async quietly(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.logger.debug(
        `could not store progress or log of a job: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}
