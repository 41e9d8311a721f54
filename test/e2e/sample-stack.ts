import { freePort, PostgresServer, RedisServer, ServiceProcess } from '@loyalnest/testing';
import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SHOP = 'demo.myshopify.com';
export const WEBHOOK_SECRET = 'e2e-webhook-secret';

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface WebhookOptions {
  readonly topic?: string;
  readonly webhookId?: string;
  readonly signature?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The built sample apps, with their own Redis and Postgres. */
export class SampleStack {
  private readonly logs = new Map<string, string>();

  private constructor(
    readonly redis: RedisServer,
    readonly postgres: PostgresServer,
    readonly pointsDatabase: string,
    readonly referralsDatabase: string,
    private readonly ports: Readonly<Record<AppName, number>>,
    private readonly environment: Readonly<Record<string, string>>,
    readonly apps: Map<AppName, ServiceProcess> = new Map(),
  ) {}

  /** @param options `environment` is set on all apps and overrides the variables that connect them */
  static async start(
    options: {
      readonly appendOnly?: boolean;
      readonly environment?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<SampleStack> {
    const [redis, postgres] = await Promise.all([
      RedisServer.start({ appendOnly: options.appendOnly ?? true }),
      PostgresServer.start({ durable: false }),
    ]);
    const points = await postgres.createDatabase('points', { owner: 'points' });
    const referrals = await postgres.createDatabase('referrals', { owner: 'referrals' });
    const ports = Object.fromEntries(
      await Promise.all(APPS.map(async (app) => [app, await freePort()] as const)),
    ) as Record<AppName, number>;
    const { environment = {} } = options;
    const stack = new SampleStack(redis, postgres, points, referrals, ports, environment);
    const launched = await Promise.allSettled(APPS.map((app) => stack.launch(app)));
    const failed = launched.find(({ status }) => status === 'rejected');
    if (failed?.status !== 'rejected') return stack;
    await stack.stop();
    throw failed.reason;
  }

  async launch(app: AppName): Promise<void> {
    const logFile = join(tmpdir(), `loyalnest-e2e-${app}-${randomUUID()}.log`);
    this.logs.set(app, logFile);
    const port = this.ports[app];
    this.apps.set(
      app,
      await ServiceProcess.start({ app, port, logFile, readyWithin: '30s', env: this.env(app) }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.apps.values()].map((app) => app.stop()));
    await Promise.all([this.redis.stop(), this.postgres.stop()]);
  }

  urlOf(app: AppName): string {
    return `http://127.0.0.1:${this.ports[app]}`;
  }

  /** Everything that an app has written to stdout and stderr so far. */
  outputOf(app: AppName): Promise<string> {
    return readFile(this.logs.get(app)!, 'utf8');
  }

  /** The log lines that an app has written so far. */
  async logOf(app: AppName): Promise<readonly Record<string, unknown>[]> {
    const text = await this.outputOf(app);
    return text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Posts a webhook like the shop, with a signature of exactly this text. */
  webhook(body: string | Buffer, options: WebhookOptions = {}): Promise<Answer> {
    return this.call('api-gateway', 'POST', '/v1/webhooks/shopify', body, {
      'x-shopify-topic': options.topic ?? 'orders/paid',
      'x-shopify-shop-domain': SHOP,
      'x-shopify-webhook-id': options.webhookId ?? randomUUID(),
      'x-shopify-hmac-sha256': options.signature ?? signatureOf(body),
      ...options.headers,
    });
  }

  balance(customerId: string): Promise<Answer> {
    return this.call('api-gateway', 'GET', `/v1/points/accounts/${customerId}`);
  }

  /** Sends a JSON request to an app, with the shop as the merchant. */
  async call(
    app: AppName,
    method: string,
    path: string,
    body?: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.urlOf(app)}${path}`, {
      method,
      ...(body !== undefined && { body }),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        'x-merchant-id': SHOP,
        ...headers,
      },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  }

  private env(app: AppName): Record<string, string> {
    const common = { LOG_LEVEL: 'debug', JOB_DRAIN: '500ms', REDIS_URL: this.redis.url };
    return { ...common, ...this.connections(app), ...this.environment };
  }

  private connections(app: AppName): Record<string, string> {
    switch (app) {
      case 'points-service':
        return { POINTS_DATABASE_URL: this.pointsDatabase };
      case 'referrals-service':
        return {
          REFERRALS_DATABASE_URL: this.referralsDatabase,
          SMS_URL: this.urlOf('partner-simulator'),
          EMAIL_URL: this.urlOf('partner-simulator'),
        };
      case 'partner-simulator':
        return {
          GATEWAY_URL: this.urlOf('api-gateway'),
          SHOPIFY_WEBHOOK_SECRET: WEBHOOK_SECRET,
          SHOP_DOMAIN: SHOP,
        };
      case 'api-gateway':
        return {
          POINTS_URL: this.urlOf('points-service'),
          REFERRALS_URL: this.urlOf('referrals-service'),
          SHOPIFY_WEBHOOK_SECRETS: `retired-secret,${WEBHOOK_SECRET}`,
          // All load of the tests comes from one address.
          RATE_LIMIT_PER_IP: '1000000',
          RATE_LIMIT_PER_MERCHANT: '2000000',
        };
    }
  }
}

/** The value of `x-shopify-hmac-sha256` that the shop sends for a body. */
export function signatureOf(body: string | Uint8Array): string {
  return createHmac('sha256', WEBHOOK_SECRET).update(body).digest('base64');
}

export const APPS = [
  'points-service',
  'referrals-service',
  'partner-simulator',
  'api-gateway',
] as const;
export type AppName = (typeof APPS)[number];

let customers = 0;

/** A new customer id, larger than 2^53 like Shopify's. */
export function newCustomerId(): string {
  return String(115_310_627_314_700_000n + BigInt(++customers));
}

/** The minimal JSON of an order that earns points. It is text, because its ids exceed 2^53. */
export function orderText(fields: {
  readonly orderId: string;
  readonly customerId: string;
  readonly total?: string;
  readonly email?: string;
}): string {
  const { orderId, customerId, total = '59.95', email = 'ada@example.com' } = fields;
  return `{"id":${orderId},"currency":"USD","total_price":"${total}","customer":{"id":${customerId},"email":"${email}"}}`;
}
