import { Injectable } from '@nestjs/common';
import { DeadLetterService } from '../dead-letter/dead-letter.service.js';
import { QueueRegistry } from '../queue-registry.js';
import { RedriveTasks } from '../redrive-tasks/redrive-tasks.js';
import type { QueueAdmin } from './admin-commands.js';
import { QueueNotFoundError } from './queue-not-found.error.js';

/** The queues that this application declared, as the admin commands need them. */
@Injectable()
export class QueueAdmins {
  private readonly admins = new Map<string, QueueAdmin>();

  constructor(
    private readonly registry: QueueRegistry,
    private readonly letters: DeadLetterService,
    private readonly tasks: RedriveTasks,
  ) {}

  names(): readonly string[] {
    return this.registry
      .all()
      .map(({ name }) => name)
      .sort();
  }

  /** @throws QueueNotFoundError */
  of(queue: string): QueueAdmin {
    const known = this.admins.get(queue);
    if (known) return known;
    const names = this.names();
    if (!names.includes(queue)) throw new QueueNotFoundError(queue, names, 'this service');
    const admin: QueueAdmin = {
      letters: this.letters.of(queue),
      redrives: this.tasks.of(queue),
      startRedrive: (request) => this.tasks.start(queue, request),
    };
    this.admins.set(queue, admin);
    return admin;
  }
}
