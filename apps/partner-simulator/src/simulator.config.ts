import { ServiceConfig } from '@loyalnest/service-defaults';
import { IsNotEmpty, IsString, Matches } from 'class-validator';

/** The variables of partner-simulator. */
export class SimulatorConfig extends ServiceConfig {
  override readonly PORT: number = 3010;

  /** Where the shop posts its webhooks, without a slash at the end. */
  @Matches(/^https?:\/\/[^/]+$/, { message: 'use http://host:port' })
  readonly GATEWAY_URL: string = 'http://127.0.0.1:3000';

  /** The one of them that the simulator's shop signs with. */
  @IsString()
  @IsNotEmpty()
  readonly SHOPIFY_WEBHOOK_SECRET!: string;

  /** The shop that the simulator plays; its domain is the merchant's id. */
  @Matches(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, { message: 'use name.myshopify.com' })
  readonly SHOP_DOMAIN: string = 'demo.myshopify.com';
}
