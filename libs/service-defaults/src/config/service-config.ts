import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

/** Variables that every service reads. A service adds its own in a subclass. */
export class ServiceConfig {
  /** Port of the service; 0 takes a free one. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly PORT: number = 3000;

  /** Address to listen on; `0.0.0.0` in containers. */
  @IsString()
  readonly HOST: string = '127.0.0.1';

  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  readonly LOG_LEVEL: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' = 'info';

  /** How long a shutdown lets running jobs finish before it hands them back; `'20s'` and the like. */
  @Matches(/^\d+(\.\d+)?(ms|s|m)$/, { message: "use a duration such as '20s'" })
  readonly JOB_DRAIN: string = '20s';

  /**
   * Who may use admin endpoints, as `name:role:token`, several separated by commas; the roles are
   * view, operate, destroy. Needed in production.
   */
  @IsString()
  readonly ADMIN_TOKENS: string = '';

  /** Readable log lines instead of JSON; unset: in a terminal. */
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsOptional()
  @IsBoolean()
  readonly LOG_PRETTY?: boolean;

  /** Of the service, in logs, metrics and traces. */
  @IsString()
  readonly SERVICE_VERSION: string = 'dev';

  /**
   * Where spans go, by OTLP over HTTP; empty: there are none. OpenTelemetry itself reads it, and the
   * other variables of its specification.
   */
  @Matches(/^(https?:\/\/.+)?$/, { message: "use an address such as 'http://127.0.0.1:4318'" })
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string = '';

  /** Port for `/metrics` alone; unset: it is on `PORT`. 0 takes a free one. */
  @Type(() => Number)
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly METRICS_PORT?: number;

  /**
   * Who sees the single checks of `/health`: `always`, `authorized` (the role view), `never`. Unset:
   * `authorized` in production, `always` elsewhere.
   */
  @IsOptional()
  @IsIn(['always', 'authorized', 'never'])
  readonly HEALTH_DETAILS?: 'always' | 'authorized' | 'never';

  /** Port of a second server for the health pages alone; unset: none. 0 takes a free one. */
  @Type(() => Number)
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly HEALTH_PORT?: number;
}
