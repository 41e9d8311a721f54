import { durationMs } from '@loyalnest/core';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import type { CrossCheck, CrossChecked } from './cross-check.js';

const DURATION = /^\d+(\.\d+)?(ms|s|m)$/;
const DURATION_EXPECTED = { message: "use a duration such as '20s'" };

/** Environment variables that every service reads. A service adds its own in a subclass. */
export class ServiceConfig implements CrossChecked {
  /**
   * `development`, `test` or unset allow the public secrets of this file. Every other value counts as
   * production, where they are refused. The images set `production`.
   */
  @IsOptional()
  @IsString()
  readonly NODE_ENV?: string;

  /** Port to listen on; each service has its own default. 0 picks a free port. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly PORT: number = 3000;

  /** Address to listen on; `0.0.0.0` in containers. */
  @IsString()
  readonly HOST: string = '127.0.0.1';

  /** Lowest level that is logged: trace, debug, info, warn, error, fatal or silent. */
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  readonly LOG_LEVEL: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' = 'info';

  /**
   * Time between the stop signal and the moment the orchestrator kills the process:
   * `terminationGracePeriodSeconds` in Kubernetes, `stop_grace_period` in compose.
   */
  @Matches(DURATION, DURATION_EXPECTED)
  readonly GRACE_PERIOD: string = '30s';

  /**
   * How long a stopping service lets running jobs finish before it returns them to the queue. Must
   * be less than GRACE_PERIOD.
   */
  @Matches(DURATION, DURATION_EXPECTED)
  readonly JOB_DRAIN: string = '20s';

  /**
   * False: requests are never refused because of overload. By default, requests that the service could
   * not answer in time get 503 at once.
   */
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  readonly LOAD_SHEDDING: boolean = true;

  /** How late the event loop may be before requests are refused; from 20ms to 10s. */
  @Matches(DURATION, DURATION_EXPECTED)
  readonly LOAD_SHEDDING_LOOP_DELAY: string = '200ms';

  /**
   * Who may use admin endpoints such as /debug/circuits: `name:role:token`, separated by commas.
   * The roles are view, operate and destroy; a token has at least 16 characters. Required in
   * production, with random tokens.
   */
  @IsString()
  readonly ADMIN_TOKENS: string = '';

  /** Readable log lines instead of JSON; not available in containers. Unset: only in a terminal. */
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsOptional()
  @IsBoolean()
  readonly LOG_PRETTY?: boolean;

  /** Version shown in logs, metrics and traces. */
  @IsString()
  readonly SERVICE_VERSION: string = 'dev';

  /**
   * OTLP/HTTP endpoint that receives spans, such as http://127.0.0.1:4318. Empty: no tracing. The
   * other variables of the OpenTelemetry specification work too, such as
   * OTEL_TRACES_SAMPLER_ARG=0.1.
   */
  @Matches(/^(https?:\/\/.+)?$/, { message: "use a URL such as 'http://127.0.0.1:4318'" })
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string = '';

  /**
   * Separate port for `/metrics`. Unset: `/metrics` is on `PORT`, where every caller can read it. 0
   * picks a free port.
   */
  @Type(() => Number)
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly METRICS_PORT?: number;

  /**
   * Who sees the individual checks on `/health`: always, authorized (the role view) or never.
   * Unset: authorized in production; always elsewhere.
   */
  @IsOptional()
  @IsIn(['always', 'authorized', 'never'])
  readonly HEALTH_DETAILS?: 'always' | 'authorized' | 'never';

  /**
   * Port of a second server that serves only the health pages. Unset: none. 0 picks a free port.
   */
  @Type(() => Number)
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly HEALTH_PORT?: number;

  crossChecks(_isProduction = false): readonly CrossCheck[] {
    return [
      { variables: ['JOB_DRAIN', 'GRACE_PERIOD'], problem: () => this.drainProblem() },
      { variables: ['LOAD_SHEDDING_LOOP_DELAY'], problem: () => this.loopDelayProblem() },
      { variables: ['PORT', 'METRICS_PORT', 'HEALTH_PORT'], problem: () => this.portProblem() },
    ];
  }

  private drainProblem(): string | undefined {
    const { JOB_DRAIN, GRACE_PERIOD } = this;
    const drainMs = durationMs('JOB_DRAIN', JOB_DRAIN);
    if (drainMs < durationMs('GRACE_PERIOD', GRACE_PERIOD)) return undefined;
    return `jobs may run for ${JOB_DRAIN} after the stop signal, but the process is killed after ${GRACE_PERIOD}; lower JOB_DRAIN or raise GRACE_PERIOD`;
  }

  private loopDelayProblem(): string | undefined {
    const { LOAD_SHEDDING_LOOP_DELAY: delay } = this;
    const delayMs = durationMs('LOAD_SHEDDING_LOOP_DELAY', delay);
    if (delayMs >= 20 && delayMs <= 10_000) return undefined;
    return `${delay} is out of range; use a duration from 20ms to 10s`;
  }

  private portProblem(): string | undefined {
    // 0 picks a free port, a different one each time.
    const ports = [this.PORT, this.METRICS_PORT, this.HEALTH_PORT].filter((port) => port);
    const twice = ports.find((port, index) => ports.indexOf(port) !== index);
    return twice === undefined
      ? undefined
      : `${twice} is used twice; use a different port for each`;
  }
}
