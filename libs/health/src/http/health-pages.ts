import type { AdminRequest } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { ALL } from '../groups/health-groups.js';
import type { HealthReport, ServiceStatus } from '../health-report.js';
import { HealthSampler, isWell } from '../health-sampler.js';
import { DetailsAccess } from './details-access.js';
import { HEALTH_JSON, toHealthJson, type HealthJson } from './health-json.js';

/** Response of a health page, on any server. */
export interface HealthAnswer {
  readonly statusCode: number;
  readonly contentType: string | undefined;
  /** Seconds after which to ask again; only with a 503. */
  readonly retryAfterS: number | undefined;
  readonly body: HealthReport | HealthJson;
}

/**
 * The health pages by name. Pages for probes return only the status, from memory. The others list
 * the checks to callers who may see them.
 */
@Injectable()
export class HealthPages {
  constructor(
    private readonly sampler: HealthSampler,
    private readonly access: DetailsAccess,
  ) {}

  /** The page for liveness probes. */
  live(request: AdminRequest): HealthAnswer {
    return this.answer({ status: this.sampler.liveness }, request);
  }

  /** The page for readiness probes. */
  ready(request: AdminRequest): HealthAnswer {
    return this.answer({ status: this.sampler.status }, request);
  }

  /** The page for startup probes. Lists the names of what startup is waiting for. */
  startup(request: AdminRequest): HealthAnswer | Promise<HealthAnswer> {
    const status = this.sampler.startupStatus;
    if (status === 'ok') return this.answer({ status }, request);
    return this.withDetails({ status, error: this.sampler.startupPending }, request);
  }

  /** `/health`, `/health/modules` or the page of a group; undefined for an unknown name. */
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

  /** A response with a status that the caller determined. */
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
