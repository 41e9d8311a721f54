import { ServiceConfig } from '@loyalnest/service-defaults';
import { IsNotEmpty, IsString, Matches } from 'class-validator';

/** Environment variables of partner-simulator. */
export class SimulatorConfig extends ServiceConfig {
  override readonly PORT: number = 3010;

  /** Base URL that the simulated shop posts its webhooks to, without a trailing slash. */
  @Matches(/^https?:\/\/[^/]+$/, { message: 'use http://host:port' })
  readonly GATEWAY_URL: string = 'http://127.0.0.1:3000';

  /** The secret that the simulated shop signs with; one of SHOPIFY_WEBHOOK_SECRETS. */
  @IsString()
  @IsNotEmpty()
  readonly SHOPIFY_WEBHOOK_SECRET!: string;

  /** Domain of the simulated shop. It is also the merchant's id. */
  @Matches(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, { message: 'use name.myshopify.com' })
  readonly SHOP_DOMAIN: string = 'demo.myshopify.com';
}
