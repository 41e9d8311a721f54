import { propagateWithAxios } from '@loyalnest/http';
import { HttpCheck } from '@loyalnest/health';
import { QueueModule } from '@loyalnest/queue';
import { CircuitBroadcastModule } from '@loyalnest/resilience/redis';
import { AdminAccessModule, WebhookSignatureModule } from '@loyalnest/security';
import { PostgresModule, readConfig, type ServiceConfig } from '@loyalnest/service-defaults';
import { freePort, ServiceProcess } from '@loyalnest/testing';
import { ThrottlingModule } from '@loyalnest/throttling';
import { Logger, Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getMetadataStorage } from 'class-validator';
import { inspect } from 'node:util';
import { GatewayConfig } from '../../../apps/api-gateway/src/gateway.config.js';
import { SimulatorConfig } from '../../../apps/partner-simulator/src/simulator.config.js';
import { PointsConfig } from '../../../apps/points-service/src/points.config.js';
import { ReferralsConfig } from '../../../apps/referrals-service/src/referrals.config.js';

const SECRET = 'hunter2-planted';

/** Everything that a log could show of an error. */
function shownOf(error: unknown): string {
  const { message, stack } = error as Error;
  return [message, stack, inspect(error, { depth: 9, showHidden: true })].join('\n');
}

/** What the failed boot of a module shows: its error and its lines. */
async function bootOf(imports: DynamicModule): Promise<string> {
  @Module({ imports: [imports] })
  class AppModule {}
  const lines: string[] = [];
  const note = (...line: unknown[]) => void lines.push(inspect(line, { depth: 9 }));
  for (const level of ['log', 'warn', 'error'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation(note);
  }
  try {
    const app = await NestFactory.createApplicationContext(AppModule, { abortOnError: false });
    await app.close();
  } catch (error) {
    return [shownOf(error), ...lines].join('\n');
  } finally {
    jest.restoreAllMocks();
  }
  throw new Error('the boot did not fail');
}

const queue = (options: object) => QueueModule.forRoot({ url: 'redis://cache', ...options });
const throttling = (options: object) =>
  ThrottlingModule.forRoot({ limits: [{ name: 'ip', by: 'ip', limit: 1, per: '1s' }], ...options });
const broadcast = (options: object) => CircuitBroadcastModule.forRoot(options as never);
const admin = (tokens: unknown) => AdminAccessModule.forRoot({ tokens } as never);
const webhooks = (secrets: unknown) => WebhookSignatureModule.forRoot({ secrets } as never);

const BAD_ADDRESSES: readonly unknown[] = [
  `redi://ada:${SECRET}@cache`,
  `redis//ada:${SECRET}@cache`,
  `ada:${SECRET}@cache`,
  `${SECRET}@cache:6379`,
  `redis://ada:${SECRET}@cache:port`,
  { host: 'cache', password: SECRET },
];

describe('a secret in the options never appears when the boot fails', () => {
  const boots: [string, DynamicModule][] = [
    ...BAD_ADDRESSES.flatMap((url, i): [string, DynamicModule][] => [
      [`the address of the queue ${i}`, queue({ url })],
      [`the address of the limits ${i}`, throttling({ url })],
      [`the address of the broadcast ${i}`, broadcast({ url })],
      [`a node ${i}`, queue({ url: undefined, cluster: { nodes: [url] } })],
      [`a Sentinel ${i}`, queue({ url: undefined, sentinel: { master: 'a', nodes: [url] } })],
    ]),
    ['a query', queue({ url: `redis://cache?password=${SECRET}` })],
    ['nodes in one text', queue({ url: undefined, cluster: { nodes: `redis://:${SECRET}@a` } })],
    ['more options of Redis', queue({ redis: { password: SECRET, db: 'first' } })],
    ['an option that is taken', queue({ redis: { keyPrefix: SECRET } })],
    ['a key', queue({ url: 'rediss://cache', tls: { key: SECRET } })],
    ['a list of admin tokens', admin([{ name: 'ada', role: 'own', token: SECRET }])],
    ['a short admin token', admin([{ name: 'ada', role: 'view', token: 'hunter2' }])],
    ['an admin token alone', admin(SECRET)],
    ['an admin token without a role', admin(`ada:${SECRET}`)],
    ['an admin token without a name', admin(`:view:${SECRET}`)],
    ['an admin token with a wrong role', admin(`ada:own:${SECRET}`)],
    ['webhook secrets in one text', webhooks(SECRET)],
    ['webhook secrets by name', webhooks({ shop: SECRET })],
    ['webhook secrets, one of them empty', webhooks([SECRET, ''])],
    ['webhook secrets, nested', webhooks([[SECRET]])],
    ...[
      'postgres://shop:hunter2-planted@db:port/shop',
      'postgres://shop:hunter2-planted@[db/shop',
    ].map((url): [string, DynamicModule] => [
      `the address of Postgres ${url.length}`,
      PostgresModule.forRoot({ url, migrations: 'none' }),
    ]),
  ];

  it.each(boots)('%s', async (_where, module) => {
    expect(await bootOf(module)).not.toMatch(/hunter2/);
  });

  it('a Postgres that is unavailable', async () => {
    const url = `postgres://shop:${SECRET}@127.0.0.1:${await freePort()}/shop`;
    expect(await bootOf(PostgresModule.forRoot({ url, migrations: 'none' }))).not.toMatch(
      /hunter2/,
    );
  });

  it.each([
    ['the address of a check', () => new HttpCheck('sms', `ftp://ada:${SECRET}@sms`)],
    ['the URL of a check', () => new HttpCheck('sms', new URL(`ftp://ada:${SECRET}@sms`))],
    [
      'an origin',
      () => propagateWithAxios({} as never, { origins: [`http://ada:${SECRET}@points:3001`] }),
    ],
  ])('%s', (_where, create) => {
    expect.assertions(1);
    try {
      create();
    } catch (error) {
      expect(shownOf(error)).not.toMatch(/hunter2/);
    }
  });
});

describe('a secret in a variable never appears when the boot fails', () => {
  const apps: readonly (readonly [string, Type<ServiceConfig>])[] = [
    ['api-gateway', GatewayConfig],
    ['partner-simulator', SimulatorConfig],
    ['points-service', PointsConfig],
    ['referrals-service', ReferralsConfig],
  ];

  it.each(apps)('of %s', (_app, type) => {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
    const secret = names.filter((name) => /SECRET|TOKEN|PASSWORD|KEY|URL/.test(name));
    const values = [
      `x://ada:${SECRET}@host`,
      `x:${SECRET}`,
      SECRET,
      `postgres://shop:${SECRET}@:bad`,
    ];
    let reports = 0;
    for (const value of values) {
      const isAddress = value.includes('://');
      const planted = (isAddress ? names : secret).map((name) => [name, value]);
      try {
        readConfig(type, { ...Object.fromEntries(planted), PORT: 'wrong' });
      } catch (error) {
        reports++;
        expect(shownOf(error)).not.toMatch(/hunter2/);
      }
    }
    expect(reports).toBe(values.length);
  });

  it.each([
    ['ADMIN_TOKENS', `ada:${SECRET}`],
    ['ADMIN_TOKENS', SECRET],
    ['REDIS_URL', `redis://ada:${SECRET}@cache:port`],
    ['REDIS_URL', `ada:${SECRET}@cache`],
  ])('of a process: %s=%s', async (name, value) => {
    const gateway = await ServiceProcess.launch({
      app: 'api-gateway',
      env: {
        POINTS_URL: 'http://127.0.0.1:9',
        REFERRALS_URL: 'http://127.0.0.1:9',
        SHOPIFY_WEBHOOK_SECRETS: SECRET,
        ADMIN_TOKENS: '',
        [name]: value,
      },
    });
    expect((await gateway.exited).code).toBe(1);
    const output = gateway.lastLines().join('\n');
    expect(output).toMatch(/did not start|environment is not complete/);
    expect(output).not.toMatch(/hunter2/);
  });
});
