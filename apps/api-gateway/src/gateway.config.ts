import { ServiceConfig } from '@loyalnest/service-defaults';
import { Transform } from 'class-transformer';
import { ArrayNotEmpty, IsNotEmpty, Matches } from 'class-validator';

const HTTP = { message: 'use http://host:port' };

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
}
