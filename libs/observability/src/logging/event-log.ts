import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import { EventSubscriptions } from '../event-source.js';
import { AuditLog } from './audit-log.js';
import { logJobs } from './lines/job-lines.js';
import { logQueueCommands } from './lines/queue-command-lines.js';
import { logResilience } from './lines/resilience-lines.js';

/** Logs the events of the other libs' diagnostics channels, without importing those libs. */
@Injectable()
export class EventLog implements OnModuleDestroy {
  private readonly subscriptions: EventSubscriptions;

  // In the constructor, because other providers publish events in onModuleInit.
  constructor(logger: PinoLogger, audit: AuditLog, { applicationId }: ModulesContainer) {
    this.subscriptions = new EventSubscriptions(applicationId);
    const { on } = this.subscriptions;
    logResilience(logger, audit.logger, on);
    logJobs(logger, on);
    logQueueCommands(audit.logger, on);
  }

  onModuleDestroy(): void {
    this.subscriptions.end();
  }
}
