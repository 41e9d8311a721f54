import { ServiceConfig } from '@loyalnest/service-defaults';
import { Type } from 'class-transformer';
import { IsInt, Matches, Min } from 'class-validator';

/** Environment variables of points-service. */
export class PointsConfig extends ServiceConfig {
  override readonly PORT: number = 3001;

  /** The service's own database: `postgres://role:password@host:port/database`. */
  @Matches(/^postgres(ql)?:\/\//, { message: 'use postgres://role:password@host:port/database' })
  readonly POINTS_DATABASE_URL!: string;

  /** Redis for the jobs; `rediss://` for TLS. */
  @Matches(/^rediss?:\/\//, { message: 'use redis://host:port' })
  readonly REDIS_URL!: string;

  /** Points per whole unit of the shop's currency; a whole number >= 1. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly POINTS_PER_UNIT: number = 1;
}
