import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import { EventSubscriptions } from '../event-source.js';
import { logJobs } from './lines/job-lines.js';
import { logQueueCommands } from './lines/queue-command-lines.js';
import { logResilience } from './lines/resilience-lines.js';

/** Turns the diagnostics channels of the other libs into log lines, without importing them. */
@Injectable()
export class EventLog implements OnModuleDestroy {
  private readonly subscriptions: EventSubscriptions;

  // In the constructor: the first events are those of other providers' onModuleInit.
  constructor(logger: PinoLogger, { applicationId }: ModulesContainer) {
    this.subscriptions = new EventSubscriptions(applicationId);
    const { on } = this.subscriptions;
    logResilience(logger, on);
    logJobs(logger, on);
    logQueueCommands(logger, on);
  }

  onModuleDestroy(): void {
    this.subscriptions.end();
  }
}
