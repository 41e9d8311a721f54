import { ServiceConfig } from '@loyalnest/service-defaults';
import { Matches } from 'class-validator';

const HTTP = { message: 'use http://host:port' };

/** The variables of referrals-service. */
export class ReferralsConfig extends ServiceConfig {
  override readonly PORT: number = 3002;

  /** `postgres://role:password@host:port/database`; the service's own. */
  @Matches(/^postgres(ql)?:\/\//, { message: 'use postgres://role:password@host:port/database' })
  readonly REFERRALS_DATABASE_URL!: string;

  @Matches(/^rediss?:\/\//, { message: 'use redis://host:port' })
  readonly REDIS_URL!: string;

  /** The SMS provider. */
  @Matches(/^https?:\/\//, HTTP)
  readonly SMS_URL!: string;

  /** The e-mail provider. */
  @Matches(/^https?:\/\//, HTTP)
  readonly EMAIL_URL!: string;
}
