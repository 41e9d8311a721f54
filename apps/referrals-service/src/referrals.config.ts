import { ServiceConfig } from '@loyalnest/service-defaults';
import { Matches } from 'class-validator';

const HTTP = { message: 'use http://host:port' };

/** Environment variables of referrals-service. */
export class ReferralsConfig extends ServiceConfig {
  override readonly PORT: number = 3002;

  /** The service's own database: `postgres://role:password@host:port/database`. */
  @Matches(/^postgres(ql)?:\/\//, { message: 'use postgres://role:password@host:port/database' })
  readonly REFERRALS_DATABASE_URL!: string;

  /** Redis for the jobs; `rediss://` for TLS. */
  @Matches(/^rediss?:\/\//, { message: 'use redis://host:port' })
  readonly REDIS_URL!: string;

  /** Base URL of the SMS provider. */
  @Matches(/^https?:\/\//, HTTP)
  readonly SMS_URL!: string;

  /** Base URL of the e-mail provider. */
  @Matches(/^https?:\/\//, HTTP)
  readonly EMAIL_URL!: string;
}
