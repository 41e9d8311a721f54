import { addAuditSink, type AuditEntry } from '@loyalnest/core/toolkit';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';

/**
 * Writes what operators command. Its level is fixed, so that neither `LOG_LEVEL` nor an operator can
 * silence it. An entry is handed to the destination before `write` returns.
 */
@Injectable()
export class AuditLog implements OnModuleDestroy {
  /** For lines about commands that were recorded in another way. */
  readonly logger: Pick<Logger, 'warn'>;
  private readonly remove: () => void;

  // Injecting the logger makes sure that nestjs-pino has created its root logger.
  constructor(_logger: PinoLogger, { applicationId }: ModulesContainer) {
    // A child keeps the level that it is created with.
    const logger = PinoLogger.root.child({}, { level: 'warn' });
    this.logger = logger;
    this.remove = addAuditSink({
      app: applicationId,
      write: ({ app: _app, details, ...entry }) =>
        logger.warn({ event: 'audit', ...entry, ...details }, textOf(entry)),
    });
  }

  onModuleDestroy(): void {
    this.remove();
  }
}

function textOf({ phase, by, command, target, outcome }: AuditEntry): string {
  if (phase === 'intent') return `${by} runs ${command} on ${target}`;
  return outcome === 'done'
    ? `${by} ran ${command} on ${target}`
    : `${command} on ${target} by ${by} was ${outcome === 'refused' ? 'refused' : 'not successful'}`;
}
