import { diagnostics, isLoyalNestError, runInContext, type ContextCarrier } from '@loyalnest/core';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import { ownEvents } from '../own-events.js';

interface PolicyEvent {
  readonly policy: string;
  readonly from?: string;
  readonly to?: string;
  readonly handler?: string;
  readonly error?: unknown;
  readonly attempt?: number;
  readonly delayMs?: number;
  readonly command?: string;
  readonly by?: string;
  readonly instance?: string;
  readonly applied?: boolean;
}

interface JobEvent {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly durationMs: number;
  readonly context?: ContextCarrier;
  readonly error?: unknown;
}

/** Turns the diagnostics channels of the other libs into log lines, without importing them. */
@Injectable()
export class EventLog implements OnModuleInit, OnModuleDestroy {
  private subscriptions: (() => void)[] = [];

  constructor(
    private readonly logger: PinoLogger,
    private readonly modules: ModulesContainer,
  ) {}

  onModuleInit(): void {
    const { applicationId } = this.modules;
    this.subscriptions = [
      ownEvents<PolicyEvent>(
        'loyalnest:resilience:circuit-state',
        applicationId,
        ({ policy, from, to }) =>
          this.logger.warn({ event: 'resilience', policy, from, to }, `circuit ${policy} is ${to}`),
      ),
      diagnostics<PolicyEvent>('loyalnest:resilience:attempt-failed').subscribe(
        ({ policy, attempt, delayMs, error }) =>
          this.logger.info(
            {
              event: 'resilience',
              policy,
              attempt,
              delayMs: Math.round(delayMs ?? 0),
              ...describe(error),
            },
            `attempt ${attempt} of ${policy} failed`,
          ),
      ),
      diagnostics<PolicyEvent>('loyalnest:resilience:fallback').subscribe(
        ({ policy, handler, error }) =>
          this.logger.warn(
            { event: 'resilience', policy, handler, ...describe(error) },
            `${policy} falls back to ${handler}`,
          ),
      ),
      ownEvents<PolicyEvent>(
        'loyalnest:resilience:operator-command',
        applicationId,
        ({ policy, command, by, instance, applied }) =>
          this.logger.warn(
            { event: 'audit', policy, command, by, instance, applied },
            `${by} commanded ${command} of circuit ${policy}`,
          ),
      ),
      diagnostics<JobEvent>('loyalnest:queue:job-finished').subscribe((event) => this.job(event)),
    ];
  }

  onModuleDestroy(): void {
    for (const end of this.subscriptions) end();
  }

  private job({ id, name, attempt, outcome, durationMs, context, error }: JobEvent): void {
    const fields = {
      event: 'job',
      job: name,
      jobId: id,
      attempt,
      outcome,
      durationMs: Math.round(durationMs),
      ...describe(error),
    };
    const write = (): void => {
      if (outcome === 'dead') this.logger.error(fields, `${name} is a dead letter`);
      else if (outcome === 'failed') this.logger.warn(fields, `${name} failed and will run again`);
      else this.logger.info(fields, `${name} ${outcome}`);
    };
    if (context) runInContext(context, write);
    else write();
  }
}

function describe(error: unknown): object {
  if (error === undefined) return {};
  if (isLoyalNestError(error)) return { code: error.code, reason: error.message };
  return { reason: error instanceof Error ? error.message : String(error) };
}
