import { Logger } from '@nestjs/common';
import type { QueueRegistry } from '../queue-registry.js';
import type { JobJournal } from './job-journal.js';

const KEPT_LINES = 100;
const LONGEST_LINE = 2_000;

/**
 * Writes over the producers' connection, which fails fast: a worker's own would wait for Redis, and
 * the handler with it. Failures are not passed on.
 */
export class QueueJobJournal implements JobJournal {
  private readonly logger = new Logger('Queue');

  constructor(private readonly registry: QueueRegistry) {}

  progress(queue: string, id: string, progress: number | object): Promise<void> {
    return this.quietly(() => this.registry.get(queue).bull.updateJobProgress(id, progress));
  }

  log(queue: string, id: string, line: string): Promise<void> {
    const { bull } = this.registry.get(queue);
    const row = String(line).slice(0, LONGEST_LINE);
    return this.quietly(() => bull.addJobLog(id, row, KEPT_LINES));
  }

  private async quietly(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.logger.debug(
        `progress or log of a job: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}
