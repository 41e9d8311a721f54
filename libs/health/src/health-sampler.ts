import {
  ON_SHUTDOWN,
  type CancelTimer,
  type HealthStatus,
  type ShutdownListener,
} from '@loyalnest/core';
import {
  Inject,
  Injectable,
  Logger,
  ServiceUnavailableException,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { stableCode } from './checks/failure-code.js';
import { HealthCheck, type HealthSample } from './checks/health-check.js';
import { HealthSources } from './checks/health-sources.js';
import type { HealthReport, ServiceStatus } from './health-report.js';
import { healthChanged } from './health.events.js';
import { MODULE_OPTIONS_TOKEN } from './health.module-definition.js';
import {
  resolveHealthOptions,
  type HealthModuleOptions,
  type HealthPolicy,
} from './health.options.js';

/**
 * Samples all checks in the background through Terminus and keeps the last result. Reading it costs
 * nothing, cannot hang, and puts no load on what is checked, however often a probe asks.
 */
@Injectable()
export class HealthSampler implements OnApplicationBootstrap, OnModuleDestroy, ShutdownListener {
  private readonly logger = new Logger('Health');
  private readonly policy: HealthPolicy;
  private readonly statuses = new Map<string, HealthStatus>();
  private checks: readonly HealthCheck[] = [];
  private last: HealthCheckResult | undefined;
  private draining = false;
  private cancelNext: CancelTimer = () => undefined;

  constructor(
    private readonly sources: HealthSources,
    private readonly terminus: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(MODULE_OPTIONS_TOKEN) options: HealthModuleOptions,
  ) {
    this.policy = resolveHealthOptions(options);
  }

  onApplicationBootstrap(): void {
    const { timeoutMs, clock } = this.policy;
    this.checks = this.sources.all().map((source) => new HealthCheck(source, timeoutMs, clock));
    void this.run();
  }

  /** From now on the service is not ready; what is being closed is not sampled any more. */
  [ON_SHUTDOWN](): void {
    this.draining = true;
    this.cancelNext();
  }

  onModuleDestroy(): void {
    this[ON_SHUTDOWN]();
  }

  get status(): ServiceStatus {
    if (this.draining) return 'shutting_down';
    return this.last?.status ?? 'starting';
  }

  /** Whether new requests should come here. */
  get isReady(): boolean {
    return this.status === 'ok' || this.status === 'degraded';
  }

  /** The last sample; only its status where details are not shown. */
  get report(): HealthReport {
    if (!this.policy.showDetails || !this.last) return { status: this.status };
    return { ...this.last, status: this.status };
  }

  private async run(): Promise<void> {
    const result = await this.sampleAll();
    if (this.draining) return;
    this.last = result;
    this.cancelNext = this.policy.clock.schedule(
      () => void this.run(),
      this.policy.intervalMs,
      false,
    );
  }

  private async sampleAll(): Promise<HealthCheckResult> {
    try {
      return await this.terminus.check(this.checks.map((check) => () => this.indicate(check)));
    } catch (error) {
      // Terminus throws its result when a check is down.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return error.getResponse() as HealthCheckResult;
    }
  }

  private async indicate(check: HealthCheck): Promise<HealthIndicatorResult> {
    const { name, critical } = check.source;
    const { status, code: given, observed, checkedAt, durationMs } = await check.sample();
    const code = stableCode(given);
    this.note(name, { status, code, checkedAt, durationMs });
    const data = {
      critical,
      ...(code && { code }),
      ...(observed && { observed }),
      checkedAt,
      durationMs,
    };
    const indicator = this.indicators.check(name);
    if (status === 'up') return indicator.up(data);
    // A soft dependency that is down takes nothing from the service but a feature.
    if (status === 'down' && critical) return indicator.down(data);
    return indicator.degraded({ ...data, ...(status === 'down' && { observedStatus: status }) });
  }

  private note(name: string, { status: to, code }: HealthSample): void {
    const from = this.statuses.get(name);
    if (from === to) return;
    this.statuses.set(name, to);
    healthChanged.publish({ name, from, to, code });
    if (to !== 'up') this.logger.warn(`${name} is ${to}${code ? ` (${code})` : ''}`);
    else if (from) this.logger.log(`${name} is up again`);
  }
}
