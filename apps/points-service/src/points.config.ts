import { ServiceConfig } from '@loyalnest/service-defaults';
import { Type } from 'class-transformer';
import { IsInt, Matches, Min } from 'class-validator';

/** The variables of points-service. */
export class PointsConfig extends ServiceConfig {
  override readonly PORT: number = 3001;

  /** `postgres://role:password@host:port/database`; the service's own. */
  @Matches(/^postgres(ql)?:\/\//, { message: 'use postgres://role:password@host:port/database' })
  readonly POINTS_DATABASE_URL!: string;

  @Matches(/^rediss?:\/\//, { message: 'use redis://host:port' })
  readonly REDIS_URL!: string;

  /** Points for one whole unit of the shop's currency. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly POINTS_PER_UNIT: number = 1;
}
