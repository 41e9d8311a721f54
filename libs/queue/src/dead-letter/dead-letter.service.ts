import { SystemClock, type Clock } from '@loyalnest/core';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';
import { JobHandlers } from '../handler/job-handlers.js';
import { QueueRegistry } from '../queue-registry.js';
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import type { QueueModuleOptions } from '../queue.options.js';
import type { DeadLetterEdit, KnownJob } from './edit/dead-letter-editor.js';
import type { DeadLetterGroup } from './index/dead-letter-group.js';
import type { IndexMended } from './dead-letter.events.js';
import type {
  DeadLetterDetails,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterReason,
} from './dead-letter.js';
import { DeadLetters, type PageRequest } from './dead-letters.js';

/** The dead letters of the queues that this application declared. */
@Injectable()
export class DeadLetterService {
  private readonly logger = new Logger('Queue');
  private readonly clock: Clock;
  private readonly queues = new Map<string, DeadLetters>();
  private definitions: ReadonlyMap<string, { readonly definition: KnownJob }> | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
    private readonly handlers: JobHandlers,
  ) {
    this.clock = options.clock ?? new SystemClock();
  }

  /** Lists matching dead letters, newest first. A page may be short even if more follow. */
  list(queue: string, request: DeadLetterFilter & PageRequest = {}): Promise<DeadLetterPage> {
    return this.of(queue).list(request);
  }

  /**
   * Reads a dead letter, or a discarded one.
   *
   * @throws DeadLetterNotFoundError
   */
  get(queue: string, id: string): Promise<DeadLetterDetails> {
    return this.of(queue).get(id);
  }

  /** The cause groups, largest first. */
  groups(queue: string): Promise<readonly DeadLetterGroup[]> {
    return this.of(queue).groups();
  }

  /** The number of dead letters of each reason, and when the oldest of them died. */
  reasons(
    queue: string,
  ): Promise<readonly { reason: DeadLetterReason; count: number; oldestAt: string }[]> {
    return this.of(queue).reasons();
  }

  count(queue: string, filter: DeadLetterFilter = {}): Promise<number> {
    return this.of(queue).count(filter);
  }

  /**
   * Runs a dead letter again, in place and with all its attempts. Its counters of attempts and crashes
   * start at 0, and its history records the old ones.
   *
   * @param by name of the operator
   * @throws DeadLetterNotFoundError
   * @throws DeadLetterBusyError if another redrive of it is running
   */
  redrive(queue: string, id: string, by: string): Promise<void> {
    return this.of(queue).redrive(id, by);
  }

  /**
   * Replaces the payload of a dead letter and runs it again. Its history keeps the old payload. If this
   * process handles the job, its definition validates the new payload.
   *
   * @throws InvalidPayloadError, PayloadTooLargeError: nothing was changed
   * @throws DeadLetterChangedError if the payload has another revision by now
   * @throws DeadLetterNotFoundError, DeadLetterBusyError
   */
  editAndRedrive(queue: string, id: string, edit: DeadLetterEdit): Promise<void> {
    return this.of(queue).editAndRedrive(id, edit);
  }

  /**
   * Puts a dead letter aside. It can be restored within `discardedFor`. Enqueueing a job with its id
   * still counts as a duplicate.
   *
   * @throws OptionError without a reason
   * @throws DeadLetterNotFoundError, DeadLetterBusyError
   */
  discard(queue: string, id: string, how: { by: string; reason: string }): Promise<void> {
    return this.of(queue).discard(id, how);
  }

  /** Reverses a discard. @throws DeadLetterNotFoundError if it was not discarded, or is gone by now */
  restore(queue: string, id: string, by: string): Promise<void> {
    return this.of(queue).restore(id, by);
  }

  /** Lists the discarded ones, last discarded first. */
  discarded(queue: string, page: PageRequest = {}): Promise<DeadLetterPage> {
    return this.of(queue).discarded(page);
  }

  /** Deletes the index of reasons and cause groups and builds it again. */
  rebuild(queue: string): Promise<IndexMended> {
    return this.of(queue).rebuild();
  }

  /** @throws OptionError if the application did not declare the queue */
  of(queue: string): DeadLetters {
    const { bull } = this.registry.get(queue);
    const known = this.queues.get(queue);
    if (known) return known;
    const { deadLetters, payloadLimitBytes } = this.connection.options;
    const letters = new DeadLetters({
      bull,
      redis: this.connection.producer,
      clock: this.clock,
      retention: deadLetters.retention,
      payloadLimitBytes,
      definitionOf: (name) => this.definitionOf(name),
      onMended: (mended) => this.tellOfMissing(mended),
    });
    this.queues.set(queue, letters);
    return letters;
  }

  private tellOfMissing({ queue, missing }: IndexMended): void {
    if (missing === 0) return;
    this.logger.warn(
      `${missing} dead letters of '${queue}' are gone, but nothing discarded, redrove or pruned ` +
        'them; look for removeOnFail with a count or an age, or a clean-up of the failed set',
    );
  }

  private definitionOf(name: string): KnownJob | undefined {
    this.definitions ??= this.handlers.discover();
    return this.definitions.get(name)?.definition;
  }
}
