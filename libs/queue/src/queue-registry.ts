import { DRAIN, OptionError, type Drainable, type DrainStep } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { QueueConnection } from './connection/queue-connection.js';
import type { QueueDeclaration } from './queue-declaration.js';
import { guardRetention, refuseTrimmingProcessors } from './retention-guard.js';

/** A declared queue and its BullMQ queue. */
export interface RegisteredQueue extends QueueDeclaration {
  readonly bull: Queue;
}

const COMPARED_OPTIONS = ['concurrency', 'globalConcurrency', 'lockMs', 'throttled'] as const;

/** The queues that this application declares with `QueueModule.forFeature`. */
@Injectable()
export class QueueRegistry implements Drainable {
  private readonly queues = new Map<string, RegisteredQueue>();

  constructor(
    private readonly connection: QueueConnection,
    private readonly discovery: DiscoveryService,
  ) {}

  /**
   * @throws OptionError if the queue was declared with other options, or trims its failed jobs
   */
  register(declaration: QueueDeclaration, bull: Queue): RegisteredQueue {
    try {
      this.check(declaration);
      guardRetention(bull, this.connection.options.payloadLimitBytes);
      // Check before @nestjs/bullmq starts its workers: a failed boot would leave them running.
      refuseTrimmingProcessors(this.discovery, new Set([declaration.name]));
    } catch (error) {
      this.connection.close();
      throw error;
    }
    // QueueConnection already reports errors of the shared connection.
    bull.on('error', () => {});
    // The queue is already connected. @nestjs/bullmq reads this option for the workers of
    // @Processor.
    bull.opts.connection = this.connection.sharedConnection;
    const registered = { ...declaration, bull };
    this.queues.set(declaration.name, registered);
    return registered;
  }

  /** @throws OptionError if the application did not declare the queue */
  get(name: string): RegisteredQueue {
    const registered = this.queues.get(name);
    if (registered) return registered;
    throw new OptionError(
      'queue',
      name,
      `add QueueModule.forFeature(queue('${name}')) to the module that uses it`,
    );
  }

  private check(declaration: QueueDeclaration): void {
    const known = this.queues.get(declaration.name);
    for (const option of COMPARED_OPTIONS) {
      if (!known || known[option] === declaration[option]) continue;
      throw new OptionError(
        `queue('${declaration.name}').${option}`,
        declaration[option],
        `the queue is declared elsewhere with ${known[option]}; declare it once`,
      );
    }
  }

  all(): readonly RegisteredQueue[] {
    return [...this.queues.values()];
  }

  [DRAIN](): readonly DrainStep[] {
    return this.all().map(({ name, bull }) => ({
      phase: 'close-queues',
      name: `queue:${name}`,
      run: () => bull.close(),
    }));
  }
}
