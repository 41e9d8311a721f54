import type { ClientOf, ThrottlingModuleOptions } from '@loyalnest/throttling';
import type { GatewayConfig } from '../gateway.config.js';

/** The limit of a shop's webhooks, which counts once their signature is verified. */
export const WEBHOOKS = 'webhooks';

const header =
  (name: string): ClientOf =>
  ({ headers }) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };

/**
 * By address before anything else, and by shop. Webhooks have a limit of their own: whoever names a
 * shop in `x-merchant-id` can so not keep its webhooks out, nor can who does not sign them.
 */
export function requestLimits(config: GatewayConfig): ThrottlingModuleOptions {
  const { REDIS_URL: url, trustProxy } = config;
  const perShop = { limit: config.RATE_LIMIT_PER_MERCHANT, per: '1m' } as const;
  return {
    ...(url !== undefined && { url }),
    ...(trustProxy !== undefined && { trustProxy }),
    merchant: header('x-merchant-id'),
    limits: [
      { name: 'ip', by: 'ip', limit: config.RATE_LIMIT_PER_IP, per: '1m' },
      { name: 'merchant', by: 'merchant', ...perShop },
      {
        name: WEBHOOKS,
        by: header('x-shopify-shop-domain'),
        ...perShop,
        everywhere: false,
        verified: true,
      },
    ],
  };
}
