import type { HealthStatus } from '@loyalnest/core';
import { Injectable, Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { HealthCheck } from './checks/health-check.js';
import type { ServiceStatus } from './health-report.js';
import { healthChanged, readinessChanged } from './health.events.js';

export interface TransitionCount {
  readonly check: string;
  readonly to: HealthStatus;
  readonly count: number;
}

/** Reports each change of status once, as an event and as a log line. */
@Injectable()
export class HealthTransitions {
  private readonly logger = new Logger('Health');
  private readonly app: string;
  private readonly statuses = new Map<string, HealthStatus>();
  private readonly changes = new Map<string, Map<HealthStatus, number>>();
  private readiness: ServiceStatus = 'starting';

  constructor({ applicationId }: ModulesContainer) {
    this.app = applicationId;
  }

  check({ name, policy, last }: HealthCheck): void {
    const from = this.statuses.get(name);
    const { status: to, code } = last!;
    if (from === to) return;
    this.statuses.set(name, to);
    if (from) this.count(name, to);
    const { critical } = policy;
    healthChanged.publish({ app: this.app, name, critical, from, to, code });
    if (to !== 'up') this.logger.warn(`${name} is ${to}${code ? ` (${code})` : ''}`);
    else if (from) this.logger.log(`${name} is up again`);
  }

  ready(to: ServiceStatus, isReady: boolean): void {
    const from = this.readiness;
    if (from === to) return;
    this.readiness = to;
    readinessChanged.publish({ app: this.app, from, to, isReady });
    if (to === 'error') this.logger.error('no longer ready');
    else if (from === 'error' && isReady) this.logger.log('ready again');
  }

  /** Number of changes by check and new status. */
  counts(): readonly TransitionCount[] {
    return [...this.changes].flatMap(([check, byStatus]) =>
      [...byStatus].map(([to, count]) => ({ check, to, count })),
    );
  }

  /** Sampling has resumed after a pause. */
  late(silentMs: number): void {
    this.logger.warn(
      `no sample was taken for ${Math.round(silentMs)} ms: the event loop was blocked or the ` +
        'process was paused',
    );
  }

  /** A round of sampling failed. */
  failed(error: unknown): void {
    this.logger.error(
      `could not sample the health checks: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  private count(check: string, to: HealthStatus): void {
    const byStatus = this.changes.get(check) ?? new Map<HealthStatus, number>();
    this.changes.set(check, byStatus.set(to, (byStatus.get(to) ?? 0) + 1));
  }
}
