import { Controller, Get, Header, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { HealthReport } from './health-report.js';
import { HealthSampler } from './health-sampler.js';

/** Probes for orchestrators and people. They only read the last sample. */
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(
    private readonly sampler: HealthSampler,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Asks nothing of any dependency: a restart repairs none of them. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): HealthReport {
    return { status: 'ok' };
  }

  /** 503 tells the load balancer to send requests elsewhere. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  ready(@Res({ passthrough: true }) response: unknown): HealthReport {
    this.setStatus(response);
    return { status: this.sampler.status };
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  report(@Res({ passthrough: true }) response: unknown): HealthReport {
    this.setStatus(response);
    return this.sampler.report;
  }

  private setStatus(response: unknown): void {
    this.host.httpAdapter.status(response, this.sampler.isReady ? 200 : 503);
  }
}
