import { DRAIN, OptionError, type Drainable, type DrainStep } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { QueueConnection } from './connection/queue-connection.js';
import type { QueueDeclaration } from './queue-declaration.js';
import { guardRetention, refuseTrimmingProcessors } from './retention-guard.js';

export interface RegisteredQueue extends QueueDeclaration {
  readonly bull: Queue;
}

const SHARED = ['concurrency', 'globalConcurrency', 'lockMs', 'throttled'] as const;

/** The queues that this application declared with `QueueModule.forFeature`. */
@Injectable()
export class QueueRegistry implements Drainable {
  private readonly queues = new Map<string, RegisteredQueue>();

  constructor(
    private readonly connection: QueueConnection,
    private readonly discovery: DiscoveryService,
  ) {}

  /** @throws OptionError for a queue that is declared twice with different options */
  register(declaration: QueueDeclaration, bull: Queue): RegisteredQueue {
    try {
      this.check(declaration);
      guardRetention(bull, this.connection.options.payloadLimitBytes);
      // Before @nestjs/bullmq starts their workers, which a boot that fails would leave running.
      refuseTrimmingProcessors(this.discovery, new Set([declaration.name]));
    } catch (error) {
      this.connection.close();
      throw error;
    }
    // Errors of the shared connection are reported once, by the connection.
    bull.on('error', () => {});
    // The queue has made its own from it; @nestjs/bullmq still reads it for a @Processor's worker.
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
    for (const option of SHARED) {
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
