import { ServiceConfig } from '@loyalnest/service-defaults';
import type { TrustProxy } from '@loyalnest/throttling';
import { Transform, Type } from 'class-transformer';
import { ArrayNotEmpty, IsInt, IsNotEmpty, IsOptional, Matches, Min } from 'class-validator';

const HTTP = { message: 'use http://host:port' };
const PROXIES = {
  message: "use none, the number of proxies such as 1, or addresses such as '10.0.0.0/8'",
};

/** The variables of the gateway. */
export class GatewayConfig extends ServiceConfig {
  /** points-service. */
  @Matches(/^https?:\/\//, HTTP)
  readonly POINTS_URL!: string;

  /** referrals-service. */
  @Matches(/^https?:\/\//, HTTP)
  readonly REFERRALS_URL!: string;

  /** Secrets that the shop may sign with, separated by commas; while one is replaced, both. */
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : value))
  @ArrayNotEmpty({ message: 'list at least one secret, several separated by commas' })
  @IsNotEmpty({ each: true, message: 'no secret may be empty' })
  readonly SHOPIFY_WEBHOOK_SECRETS!: string[];

  /**
   * How long a request may take at the gateway, less than the 5 s that a shop waits for the answer
   * to a webhook. The timeout of each call to a service must be shorter.
   */
  @Matches(/^\d+(\.\d+)?(ms|s)$/, { message: "use a duration such as '4s'" })
  readonly REQUEST_TIMEOUT: string = '4s';

  /**
   * Redis with the jobs, and with the limits of the gateways, which without it are kept by each
   * process; `rediss://` for TLS.
   */
  @IsOptional()
  @Matches(/^rediss?:\/\//, { message: 'use redis://host:port' })
  readonly REDIS_URL?: string;

  /** Requests that one address may make in a minute, at once or one after the other. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly RATE_LIMIT_PER_IP: number = 6_000;

  /** The same for one shop: requests in its name, and apart from them its webhooks. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly RATE_LIMIT_PER_MERCHANT: number = 12_000;

  /**
   * Who stands before the gateway and is believed in whose request it is: none, the number of proxies
   * such as 1, or their addresses such as 10.0.0.0/8, separated by commas. Needed in production.
   */
  @Matches(
    /^(none|[1-9]|[\da-fA-F]*[.:][\da-fA-F.:/]+(,[\da-fA-F]*[.:][\da-fA-F.:/]+)*)?$/,
    PROXIES,
  )
  readonly TRUST_PROXY: string = '';

  /** Undefined if nothing is said. */
  get trustProxy(): TrustProxy | undefined {
    const { TRUST_PROXY } = this;
    if (TRUST_PROXY === '') return undefined;
    if (TRUST_PROXY === 'none') return false;
    return /^\d$/.test(TRUST_PROXY) ? Number(TRUST_PROXY) : TRUST_PROXY.split(',');
  }

  override crossChecks(): ReturnType<ServiceConfig['crossChecks']> {
    return [
      ...super.crossChecks(),
      {
        variables: ['RATE_LIMIT_PER_IP', 'RATE_LIMIT_PER_MERCHANT'],
        problem: () =>
          this.RATE_LIMIT_PER_IP < this.RATE_LIMIT_PER_MERCHANT
            ? undefined
            : 'one address could use up all that a shop may do; let RATE_LIMIT_PER_IP be the lower one',
      },
      {
        variables: ['TRUST_PROXY'],
        problem: () =>
          this.TRUST_PROXY === '' && process.env['NODE_ENV'] === 'production'
            ? `is not set; ${PROXIES.message}`
            : undefined,
      },
    ];
  }
}
