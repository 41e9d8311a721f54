import { OptionError, ON_SHUTDOWN, type CancelTimer, type ShutdownListener } from '@loyalnest/core';
import { runOutsideContext, scheduleInBackground } from '@loyalnest/core/toolkit';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { HealthCheckResult } from '@nestjs/terminus';
import { resolveCheckOptions } from './checks/check-options.js';
import { HealthCheck, type HealthSample } from './checks/health-check.js';
import type { HealthSource } from './checks/health-source.js';
import { HealthSources } from './checks/health-sources.js';
import { ALL, findCheck, groupChecks, type HealthGroup } from './groups/health-groups.js';
import { HealthReports } from './groups/health-reports.js';
import { moduleReport } from './groups/module-report.js';
import type { HealthReport, ServiceStatus } from './health-report.js';
import { HealthTransitions } from './health-transitions.js';
import { MODULE_OPTIONS_TOKEN } from './health.module-definition.js';
import {
  resolveHealthOptions,
  type HealthModuleOptions,
  type HealthPolicy,
} from './health.options.js';
import { HealthStartup } from './startup/health-startup.js';

/**
 * Samples all checks in the background and keeps the latest result of each group. Reading a result
 * costs nothing, cannot hang, and puts no load on dependencies, however often probes ask.
 */
@Injectable()
export class HealthSampler implements OnApplicationBootstrap, OnModuleDestroy, ShutdownListener {
  readonly policy: HealthPolicy;
  private checks: readonly HealthCheck[] = [];
  private groups: ReadonlyMap<string, HealthGroup> = new Map();
  private results: ReadonlyMap<string, HealthCheckResult> = new Map();
  private sampledAt: number | undefined;
  private staleMs = Infinity;
  private draining = false;
  private cancelNext: CancelTimer = () => undefined;

  constructor(
    private readonly sources: HealthSources,
    private readonly reports: HealthReports,
    private readonly startup: HealthStartup,
    private readonly transitions: HealthTransitions,
    @Inject(MODULE_OPTIONS_TOKEN) options: HealthModuleOptions,
  ) {
    this.policy = resolveHealthOptions(options);
  }

  onApplicationBootstrap(): void {
    const { intervalMs, stalePeriods, groups, checks } = this.policy;
    this.checks = this.sources.all().map((source) => this.checkOf(source));
    for (const name of Object.keys(checks)) findCheck('HealthModule.checks', name, this.checks);
    this.groups = groupChecks(this.checks, groups);
    const slowestMs = Math.max(0, ...this.checks.map(({ policy }) => policy.timeoutMs));
    this.staleMs = stalePeriods * (intervalMs + slowestMs);
    this.startup.begin(
      this.checks.map(({ name }) => name),
      this.groups.get('startup')!.checks.map(({ name }) => name),
    );
    runOutsideContext(() => void this.run());
  }

  /** Makes the service unready and stops sampling what is about to be closed. */
  [ON_SHUTDOWN](): void {
    this.draining = true;
    this.cancelNext();
    this.reportReadiness();
  }

  onModuleDestroy(): void {
    this[ON_SHUTDOWN]();
  }

  /** The status at `/health/ready`. */
  get status(): ServiceStatus {
    if (this.draining) return 'shutting_down';
    const started = this.startup.status;
    if (started !== 'ok') return started;
    return this.statusOf('ready');
  }

  /** Whether the service should receive new requests. */
  get isReady(): boolean {
    return isWell(this.status);
  }

  /** The status at `/health/live`: `ok` unless a check in the group `live` is down. */
  get liveness(): ServiceStatus {
    if (this.groups.get('live')?.checks.length) {
      const status = this.statusOf('live');
      if (!this.draining && status !== 'starting') return status;
    }
    return 'ok';
  }

  /** The status at `/health/startup`. A shutdown does not undo a completed startup. */
  get startupStatus(): ServiceStatus {
    return this.sampledAt === undefined ? 'starting' : this.startup.status;
  }

  /** What startup is still waiting for, and what made it fail. */
  get startupPending(): NonNullable<HealthReport['error']> {
    return this.startup.pending;
  }

  /** All checks, as of the latest sample. */
  get report(): HealthReport {
    return this.reportOf(ALL)!;
  }

  /** The checks of one group, as of the latest sample; undefined for an unknown group. */
  reportOf(group: string): HealthReport | undefined {
    // The groups are unknown until the boot is complete.
    if (this.groups.size > 0 && !this.groups.has(group)) return undefined;
    const status = this.draining ? 'shutting_down' : this.statusOf(group);
    const result = this.results.get(group);
    if (!result) return { status };
    if (!this.isStale) return { ...result, status };
    const sampler = { status: 'down', code: 'stale' } as const;
    const details = { ...result.details, sampler };
    return { status, info: result.info, error: { ...result.error, sampler }, details };
  }

  /** The checks by Nest module, as of the latest sample. */
  get modules(): HealthReport {
    return { status: this.report.status, modules: moduleReport(this.checks) };
  }

  /** The latest sample of each check; empty before the first one. */
  samples(): readonly { readonly check: string; readonly sample: HealthSample }[] {
    return this.checks.flatMap(({ name: check, last: sample }) =>
      sample ? [{ check, sample }] : [],
    );
  }

  /** Time since the latest sample; undefined before the first one. */
  get sampleAgeMs(): number | undefined {
    return this.sampledAt === undefined ? undefined : this.silentMs;
  }

  private statusOf(group: string): ServiceStatus {
    const result = this.results.get(group);
    if (!result) return 'starting';
    return this.isStale ? 'error' : result.status;
  }

  /** Whether the latest sample is so old that this process must have a problem. */
  private get isStale(): boolean {
    return this.sampledAt !== undefined && this.silentMs > this.staleMs;
  }

  private get silentMs(): number {
    return this.policy.clock.monotonic() - this.sampledAt!;
  }

  /** Samples repeatedly. If a round fails, the previous results remain and become stale. */
  private async run(): Promise<void> {
    const { clock, intervalMs, confirmMs } = this.policy;
    await this.sample().catch((error: unknown) => this.transitions.failed(error));
    if (this.draining) return;
    const decided = this.checks.every(({ isDecided }) => isDecided);
    const delayMs = decided ? intervalMs : confirmMs;
    this.cancelNext = scheduleInBackground(clock, () => void this.run(), delayMs);
  }

  private async sample(): Promise<void> {
    await Promise.all(this.checks.map((check) => check.sample()));
    const results = await Promise.all(
      [...this.groups.values()].map(
        async (group) => [group.name, await this.reports.of(group)] as const,
      ),
    );
    if (this.draining) return;
    if (this.isStale) this.transitions.late(this.silentMs);
    this.results = new Map(results);
    this.sampledAt = this.policy.clock.monotonic();
    for (const check of this.checks) {
      this.transitions.check(check);
      this.startup.noteCheck(check.name, check.last!.status);
    }
    this.reportReadiness();
  }

  private reportReadiness(): void {
    this.transitions.ready(this.status, this.isReady);
  }

  private checkOf(source: HealthSource): HealthCheck {
    const { name } = source.declaration;
    if (typeof name !== 'string' || name === '') {
      throw new OptionError('healthCheck.name', name, "name the check, such as 'redis:cache'");
    }
    const path = `healthCheck('${name}')`;
    const own = resolveCheckOptions(path, source.declaration, this.policy.check);
    const policy = resolveCheckOptions(path, this.policy.checks[name] ?? {}, own);
    return new HealthCheck(source, policy, this.policy.clock);
  }
}

/** Whether a page with this status answers 200. */
export function isWell(status: ServiceStatus): boolean {
  return status === 'ok' || status === 'degraded';
}
