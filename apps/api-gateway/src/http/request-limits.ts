import { decodeContextId } from '@loyalnest/core';
import type { ClientOf, ThrottlingModuleOptions } from '@loyalnest/throttling';
import type { GatewayConfig } from '../gateway.config.js';

/** The limit of a shop's webhooks. A webhook counts only after its signature is verified. */
export const WEBHOOKS = 'webhooks';

const header =
  (name: string): ClientOf =>
  ({ headers }) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };

/** Decoded, so that the encodings of one shop's id share one limit. */
const merchant: ClientOf = (request) => {
  const named = header('x-merchant-id')(request);
  return named === undefined ? undefined : decodeContextId(named);
};

/**
 * Limits by address first, then by shop. Webhooks have their own limit, so a client that names a
 * shop in `x-merchant-id` cannot block that shop's webhooks, and neither can an unsigned webhook.
 */
export function requestLimits(config: GatewayConfig): ThrottlingModuleOptions {
  const { REDIS_URL: url, trustProxy } = config;
  const perShop = { limit: config.RATE_LIMIT_PER_MERCHANT, per: '1m' } as const;
  return {
    ...(url !== undefined && { url }),
    ...(trustProxy !== undefined && { trustProxy }),
    merchant,
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
