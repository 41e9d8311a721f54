import { durationMs } from '@loyalnest/core';
import { ServiceConfig, weakSecret } from '@loyalnest/service-defaults';
import { isBroadTrust, type TrustProxy } from '@loyalnest/throttling';
import { Transform, Type } from 'class-transformer';
import { ArrayNotEmpty, IsInt, IsNotEmpty, IsOptional, Matches, Min } from 'class-validator';

const HTTP = { message: 'use http://host:port' };
const PROXIES = {
  message: "use none, the number of proxies such as 1, or addresses such as '10.0.0.0/8'",
};

/** Environment variables of the gateway. */
export class GatewayConfig extends ServiceConfig {
  /** Base URL of points-service. */
  @Matches(/^https?:\/\//, HTTP)
  readonly POINTS_URL!: string;

  /** Base URL of referrals-service. */
  @Matches(/^https?:\/\//, HTTP)
  readonly REFERRALS_URL!: string;

  /**
   * Secrets that the shop may sign webhooks with, separated by commas. To rotate, list the old and
   * the new one.
   */
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : value))
  @ArrayNotEmpty({ message: 'list at least one secret; separate several with commas' })
  @IsNotEmpty({ each: true, message: 'no secret may be empty' })
  readonly SHOPIFY_WEBHOOK_SECRETS!: string[];

  /**
   * Time limit for a request at the gateway. Must be shorter than the 5 s that a shop waits for the
   * response to a webhook, and longer than the timeout of each call to a service.
   */
  @Matches(/^\d+(\.\d+)?(ms|s)$/, { message: "use a duration such as '4s'" })
  readonly REQUEST_TIMEOUT: string = '4s';

  /**
   * The shortest time limit that a client may set with `x-request-timeout-ms`. Shorter ones are
   * answered 504 at once, without a call to a service. Must be less than REQUEST_TIMEOUT.
   */
  @Matches(/^\d+(\.\d+)?(ms|s)$/, { message: "use a duration such as '50ms'" })
  readonly MIN_REQUEST_TIMEOUT: string = '50ms';

  /**
   * Redis for the jobs and for the limits of the gateway; `rediss://` for TLS. Without it, each
   * gateway process keeps its own limits.
   */
  @IsOptional()
  @Matches(/^rediss?:\/\//, { message: 'use redis://host:port' })
  readonly REDIS_URL?: string;

  /** Requests per minute from one IP address. All of them may arrive at once. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly RATE_LIMIT_PER_IP: number = 6_000;

  /**
   * Requests per minute for one shop. Requests that name the shop and its signed webhooks are
   * counted separately.
   */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly RATE_LIMIT_PER_MERCHANT: number = 12_000;

  /**
   * Proxies in front of the gateway that may state the client's address: none, their number such as
   * 1, or their addresses such as 10.0.0.0/8, separated by commas. Required in production.
   */
  @Matches(
    /^(none|[1-9]|[\da-fA-F]*[.:][\da-fA-F.:/]+(,[\da-fA-F]*[.:][\da-fA-F.:/]+)*)?$/,
    PROXIES,
  )
  readonly TRUST_PROXY: string = '';

  /** Undefined if `TRUST_PROXY` is empty. */
  get trustProxy(): TrustProxy | undefined {
    const { TRUST_PROXY } = this;
    if (TRUST_PROXY === '') return undefined;
    if (TRUST_PROXY === 'none') return false;
    return /^\d$/.test(TRUST_PROXY) ? Number(TRUST_PROXY) : TRUST_PROXY.split(',');
  }

  override crossChecks(isProduction: boolean): ReturnType<ServiceConfig['crossChecks']> {
    return [
      ...super.crossChecks(isProduction),
      {
        variables: ['SHOPIFY_WEBHOOK_SECRETS'],
        problem: () => (isProduction ? weakSecret(this.SHOPIFY_WEBHOOK_SECRETS) : undefined),
      },
      {
        variables: ['RATE_LIMIT_PER_IP', 'RATE_LIMIT_PER_MERCHANT'],
        problem: () =>
          this.RATE_LIMIT_PER_IP < this.RATE_LIMIT_PER_MERCHANT
            ? undefined
            : 'a single address could use up the limit of a shop; set RATE_LIMIT_PER_IP to less than RATE_LIMIT_PER_MERCHANT',
      },
      {
        variables: ['MIN_REQUEST_TIMEOUT', 'REQUEST_TIMEOUT'],
        problem: () =>
          durationMs('MIN_REQUEST_TIMEOUT', this.MIN_REQUEST_TIMEOUT) <
          durationMs('REQUEST_TIMEOUT', this.REQUEST_TIMEOUT)
            ? undefined
            : 'no request would be served; set MIN_REQUEST_TIMEOUT to less than REQUEST_TIMEOUT',
      },
      {
        variables: ['TRUST_PROXY'],
        problem: () => (isProduction ? trustProblem(this.trustProxy) : undefined),
      },
    ];
  }
}

function trustProblem(trust: TrustProxy | undefined): string | undefined {
  if (trust === undefined) return `is not set; ${PROXIES.message}`;
  return isBroadTrust(trust)
    ? 'trusts so many addresses that clients could choose theirs and bypass every limit; list only your proxies, or their number such as 1'
    : undefined;
}
