import { DEVELOPMENT_SECRETS } from '@loyalnest/core/toolkit';
import type { AppPlan, DatabasePlan, StackUrls } from './app-plan.js';

export const LOYALTY_DATABASES: readonly DatabasePlan[] = [
  { name: 'points', variable: 'POINTS_DATABASE_URL' },
  { name: 'referrals', variable: 'REFERRALS_DATABASE_URL' },
];

/** The apps of the sample stack, with ports and environment. */
export function loyaltyApps(env: NodeJS.ProcessEnv): readonly AppPlan[] {
  const secrets = env['SHOPIFY_WEBHOOK_SECRETS'] ?? DEVELOPMENT_SECRETS.webhookSecret;
  // A short drain keeps Ctrl-C fast: jobs that are still running go back into the queue.
  const common = {
    NODE_ENV: env['NODE_ENV'] ?? 'development',
    LOG_LEVEL: env['LOG_LEVEL'] ?? 'info',
    JOB_DRAIN: '1500ms',
  };
  const port = (variable: string, fallback: number): { port: number; portVariable: string } => ({
    port: Number(env[variable] ?? fallback),
    portVariable: variable,
  });
  return [
    {
      name: 'partner-simulator',
      ...port('SIMULATOR_PORT', 3010),
      stage: 'services',
      env: ({ apps }: StackUrls) => ({
        ...common,
        GATEWAY_URL: apps['api-gateway']!,
        SHOPIFY_WEBHOOK_SECRET: env['SHOPIFY_WEBHOOK_SECRET'] ?? secrets.split(',')[0]!,
        SHOP_DOMAIN: env['SHOP_DOMAIN'] ?? 'demo.myshopify.com',
      }),
    },
    {
      name: 'points-service',
      ...port('POINTS_PORT', 3001),
      stage: 'services',
      env: ({ redis, databases }) => ({
        ...common,
        REDIS_URL: redis,
        POINTS_DATABASE_URL: databases['points']!,
      }),
    },
    {
      name: 'referrals-service',
      ...port('REFERRALS_PORT', 3002),
      stage: 'services',
      env: ({ redis, databases, apps }) => ({
        ...common,
        REDIS_URL: redis,
        REFERRALS_DATABASE_URL: databases['referrals']!,
        SMS_URL: apps['partner-simulator']!,
        EMAIL_URL: apps['partner-simulator']!,
      }),
    },
    {
      name: 'api-gateway',
      ...port('GATEWAY_PORT', 3000),
      stage: 'gateway',
      env: ({ redis, apps }) => ({
        ...common,
        REDIS_URL: redis,
        POINTS_URL: apps['points-service']!,
        REFERRALS_URL: apps['referrals-service']!,
        SHOPIFY_WEBHOOK_SECRETS: secrets,
      }),
    },
  ];
}
