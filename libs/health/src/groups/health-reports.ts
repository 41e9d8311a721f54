import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { HealthCheck } from '../checks/health-check.js';
import type { HealthGroup } from './health-groups.js';

/** Lets Terminus aggregate the status of the checks, so that responses have its format. */
@Injectable()
export class HealthReports {
  constructor(
    private readonly terminus: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async of({ checks, strict }: HealthGroup): Promise<HealthCheckResult> {
    try {
      return await this.terminus.check(checks.map((check) => () => this.indicate(check, strict)));
    } catch (error) {
      // Terminus throws its result when a check is down.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return error.getResponse() as HealthCheckResult;
    }
  }

  private indicate(check: HealthCheck, strict: boolean): HealthIndicatorResult {
    const { status, observedStatus, ...seen } = check.last!;
    const { critical } = check.policy;
    const indicator = this.indicators.check(check.name);
    // A soft dependency that is down costs the service a feature, not its readiness.
    const counted = status === 'down' && !critical && !strict ? 'degraded' : status;
    const data = { critical, ...seen, ...(observedStatus !== counted && { observedStatus }) };
    if (counted === 'up') return indicator.up(data);
    return counted === 'degraded' ? indicator.degraded(data) : indicator.down(data);
  }
}
