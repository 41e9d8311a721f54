import { DRAIN, OptionError, type Drainable, type DrainStep } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { QueueDeclaration } from './queue-declaration.js';

export interface RegisteredQueue extends QueueDeclaration {
  readonly bull: Queue;
}

/** The queues that this application declared with `QueueModule.forFeature`. */
@Injectable()
export class QueueRegistry implements Drainable {
  private readonly queues = new Map<string, RegisteredQueue>();

  register(declaration: QueueDeclaration, bull: Queue): RegisteredQueue {
    const known = this.queues.get(declaration.name);
    if (known && known.concurrency !== declaration.concurrency) {
      throw new OptionError(
        `queue('${declaration.name}').concurrency`,
        declaration.concurrency,
        `the queue is declared elsewhere with ${known.concurrency}; declare it once`,
      );
    }
    // Errors of the shared connection are reported once, by the connection.
    bull.on('error', () => {});
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
