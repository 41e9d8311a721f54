import type { AdminRequest } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { ALL } from '../groups/health-groups.js';
import type { HealthReport, ServiceStatus } from '../health-report.js';
import { HealthSampler, isWell } from '../health-sampler.js';
import { DetailsAccess } from './details-access.js';
import { HEALTH_JSON, toHealthJson, type HealthJson } from './health-json.js';

/** What a page answers, on whichever server. */
export interface HealthAnswer {
  readonly statusCode: number;
  readonly contentType: string | undefined;
  /** Seconds after which asking again makes sense; with a 503 only. */
  readonly retryAfterS: number | undefined;
  readonly body: HealthReport | HealthJson;
}

/**
 * The pages below `/health`, by their names. Pages for probes say the status alone, from memory;
 * the others list checks to those who may see them.
 */
@Injectable()
export class HealthPages {
  constructor(
    private readonly sampler: HealthSampler,
    private readonly access: DetailsAccess,
  ) {}

  /** The page of a probe. */
  live(request: AdminRequest): HealthAnswer {
    return this.answer({ status: this.sampler.liveness }, request);
  }

  /** The page of a probe. */
  ready(request: AdminRequest): HealthAnswer {
    return this.answer({ status: this.sampler.status }, request);
  }

  /** The page of a probe; it says what is open, which names no more than the tasks themselves. */
  startup(request: AdminRequest): HealthAnswer | Promise<HealthAnswer> {
    const status = this.sampler.startupStatus;
    if (status === 'ok') return this.answer({ status }, request);
    return this.withDetails({ status, error: this.sampler.startupPending }, request);
  }

  /** `/health`, `/health/modules` or that of a group; undefined for a name that is none of them. */
  page(name: string, request: AdminRequest): undefined | HealthAnswer | Promise<HealthAnswer> {
    if (name === 'live') return this.live(request);
    if (name === 'ready') return this.ready(request);
    if (name === 'startup') return this.startup(request);
    const report = name === 'modules' ? this.sampler.modules : this.sampler.reportOf(name);
    return report && this.withDetails(report, request);
  }

  /** `/health` */
  all(request: AdminRequest): HealthAnswer | Promise<HealthAnswer> {
    return this.page(ALL, request)!;
  }

  /** A status that the caller has found out by itself. */
  status(status: ServiceStatus, request: AdminRequest): HealthAnswer {
    return this.answer({ status }, request);
  }

  private withDetails(
    report: HealthReport,
    request: AdminRequest,
  ): HealthAnswer | Promise<HealthAnswer> {
    const answer = (allowed: boolean) =>
      this.answer(allowed ? report : { status: report.status }, request);
    const allowed = this.access.allows(request);
    return typeof allowed === 'boolean' ? answer(allowed) : allowed.then(answer);
  }

  private answer(report: HealthReport, { headers }: AdminRequest): HealthAnswer {
    const well = isWell(report.status);
    const { intervalMs, service } = this.sampler.policy;
    const wantsJson = headers['accept']?.includes(HEALTH_JSON) === true;
    return {
      statusCode: well ? 200 : 503,
      contentType: wantsJson ? HEALTH_JSON : undefined,
      retryAfterS: well ? undefined : Math.ceil(intervalMs / 1_000),
      body: wantsJson ? toHealthJson(report, service) : report,
    };
  }
}
