import { DEVELOPMENT_SECRETS, isDevelopmentSecret, secretsIn } from '@loyalnest/core/toolkit';
import { OptionError } from '@loyalnest/core';
import { AdminAccessModule, WebhookSignatureModule } from '@loyalnest/security';
import { ConfigError, readConfig, type ServiceConfig } from '@loyalnest/service-defaults';
import { repositoryRoot, ServiceProcess } from '@loyalnest/testing';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { GatewayConfig } from '../../apps/api-gateway/src/gateway.config.js';
import { SimulatorConfig } from '../../apps/partner-simulator/src/simulator.config.js';
import { PointsConfig } from '../../apps/points-service/src/points.config.js';
import { ReferralsConfig } from '../../apps/referrals-service/src/referrals.config.js';

const STRONG = 'b7c2f0a94e51d8836a0c';
const read = (file: string): string => readFileSync(join(repositoryRoot(), file), 'utf8');

/** The values of a shell-like file: `NAME=value` and `NAME: ${NAME:-value}`. */
function valuesOf(text: string): readonly (readonly [string, string])[] {
  const lines = text.matchAll(/^\s*#?\s*([A-Z][A-Z_]+)[=:]\s*(?:\$\{\w+:-([^}]*)\}|(\S.*))$/gm);
  return [...lines].map(([, name, fallback, value]) => [name!, fallback ?? value!] as const);
}

const PUBLISHED: readonly (readonly [string, string])[] = [
  ...valuesOf(read('.env.example')),
  ...valuesOf(read('docker-compose.yml')),
  ...parseAllDocuments(read('deploy/k8s/overlays/dev/secrets.yaml')).flatMap((document) =>
    Object.entries((document.toJS() as { stringData?: Record<string, string> }).stringData ?? {}),
  ),
].filter(([name, value]) => secretsIn(name, value).length > 0);

it('every secret that the repository publishes is known as a development secret', () => {
  expect(PUBLISHED.length).toBeGreaterThan(15);
  for (const [name, value] of PUBLISHED) {
    // The password of a template such as postgres://role:${PASSWORD}@host is listed by itself.
    if (value.includes('${')) continue;
    expect([name, value, secretsIn(name, value).some(isDevelopmentSecret)]).toEqual([
      name,
      value,
      true,
    ]);
  }
});

it('compose and the Kubernetes overlay for development do not run as production', () => {
  const compose = parseAllDocuments(read('docker-compose.yml'))[0]!.toJS() as {
    services: Record<string, { build?: unknown; environment?: Record<string, string> }>;
  };
  const own = Object.values(compose.services).filter(({ build }) => build);
  expect(own).toHaveLength(4);
  for (const { environment } of own) {
    expect(environment!['NODE_ENV']).toBe('${NODE_ENV:-development}');
  }
  expect(read('deploy/k8s/overlays/dev/kustomization.yaml')).toContain(
    'value: { name: NODE_ENV, value: development }',
  );
  expect(read('deploy/Dockerfile')).toContain('NODE_ENV=production');
  for (const folder of ['base/api-gateway', 'base/points-service', 'base/referrals-service']) {
    expect(read(`deploy/k8s/${folder}/deployment.yaml`)).not.toMatch(/NODE_ENV|dev-only/);
  }
  expect(read('deploy/k8s/overlays/production/kustomization.yaml')).not.toMatch(
    /NODE_ENV|dev-only/,
  );
});

describe('in production', () => {
  const before = process.env['NODE_ENV'];
  beforeEach(() => void (process.env['NODE_ENV'] = 'production'));
  afterEach(() => void (process.env['NODE_ENV'] = before));

  const GATEWAY = {
    POINTS_URL: 'http://points',
    REFERRALS_URL: 'http://referrals',
    SHOPIFY_WEBHOOK_SECRETS: STRONG,
    TRUST_PROXY: '1',
    ADMIN_TOKENS: `ops:destroy:${STRONG}`,
  };
  const POINTS = {
    POINTS_DATABASE_URL: `postgres://points:${STRONG}@db/points`,
    REDIS_URL: 'redis://cache',
    ADMIN_TOKENS: `ops:destroy:${STRONG}`,
  };
  const REFERRALS = {
    REFERRALS_DATABASE_URL: `postgres://referrals:${STRONG}@db/referrals`,
    REDIS_URL: 'redis://cache',
    SMS_URL: 'https://sms',
    EMAIL_URL: 'https://email',
    ADMIN_TOKENS: `ops:destroy:${STRONG}`,
  };
  const problemsOf = (type: Type<ServiceConfig>, environment: object): readonly string[] => {
    try {
      readConfig(type, environment as Record<string, string>);
    } catch (error) {
      return (error as ConfigError).problems;
    }
    return [];
  };

  it('strong secrets are accepted', () => {
    expect(problemsOf(GatewayConfig, GATEWAY)).toEqual([]);
    expect(problemsOf(PointsConfig, POINTS)).toEqual([]);
    expect(problemsOf(ReferralsConfig, REFERRALS)).toEqual([]);
  });

  it.each<[string, Type<ServiceConfig>, object, string]>([
    ['SHOPIFY_WEBHOOK_SECRETS', GatewayConfig, GATEWAY, DEVELOPMENT_SECRETS.webhookSecret],
    ['SHOPIFY_WEBHOOK_SECRETS', GatewayConfig, GATEWAY, `${STRONG},dev-only-webhook-secret`],
    ['SHOPIFY_WEBHOOK_SECRETS', GatewayConfig, GATEWAY, `${STRONG}, dev-only-webhook-secret `],
    ['SHOPIFY_WEBHOOK_SECRETS', GatewayConfig, GATEWAY, 'changeme'],
    ['ADMIN_TOKENS', GatewayConfig, GATEWAY, 'ops:destroy:dev-only-admin-token'],
    ['ADMIN_TOKENS', PointsConfig, POINTS, `a:view:${STRONG},ops:destroy:dev-only-admin-token`],
    ['REDIS_URL', GatewayConfig, GATEWAY, 'redis://:password@cache'],
    ['POINTS_DATABASE_URL', PointsConfig, POINTS, 'postgres://points:points@db/points'],
    ['POINTS_DATABASE_URL', PointsConfig, POINTS, 'postgres://points:postgres@db/points'],
    ['REFERRALS_DATABASE_URL', ReferralsConfig, REFERRALS, 'postgres://r:%72eferrals@db/r'],
    ['SHOPIFY_WEBHOOK_SECRET', SimulatorConfig, {}, DEVELOPMENT_SECRETS.webhookSecret],
  ])('%s is refused by name, with the remedy', (name, type, complete, value) => {
    const problems = problemsOf(type, { ...complete, [name]: value });
    const problem = problems.find((line) => line.startsWith(`${name}:`));
    expect(problem).toMatch(
      /^\w+: contains a development secret, .*openssl rand -hex 32, or set NODE_ENV=development$/,
    );
  });

  it.each([
    ['a', 'secret 1 has 1 characters; use at least 16; generate one with: openssl rand -hex 32'],
    [`${STRONG},short`, 'secret 2 has 5 characters'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'secret 1 has 1 different characters; use at least 6'],
  ])('a weak webhook secret is refused: %s', (secrets, problem) => {
    const problems = problemsOf(GatewayConfig, { ...GATEWAY, SHOPIFY_WEBHOOK_SECRETS: secrets });
    expect(problems).toEqual([expect.stringContaining(`SHOPIFY_WEBHOOK_SECRETS: ${problem}`)]);
  });

  const boot = (module: DynamicModule): Promise<unknown> => {
    @Module({ imports: [module] })
    class App {}
    return NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  };

  it.each<[string, DynamicModule]>([
    ['secrets[0]', WebhookSignatureModule.forRoot({ secrets: ['a'] })],
    [
      'secrets[1]',
      WebhookSignatureModule.forRoot({ secrets: [STRONG, 'dev-only-webhook-secret'] }),
    ],
    ['tokens[0].token', AdminAccessModule.forRoot({ tokens: 'ops:view:dev-only-admin-token' })],
    ['tokens[0].token', AdminAccessModule.forRoot({ tokens: 'ops:view:abababababababababab' })],
    ['tokens', AdminAccessModule.forRoot({})],
  ])('a module refuses a weak secret of its own: %s', async (path, module) => {
    const refused = boot(module);
    await expect(refused).rejects.toThrow(OptionError);
    await expect(refused).rejects.toThrow(`${path}: got`);
  });

  it.each(['production', 'Production', ' production', 'prod', 'staging'])(
    'NODE_ENV=%s counts as production',
    (name) => {
      process.env['NODE_ENV'] = name;
      const problems = problemsOf(GatewayConfig, {
        ...GATEWAY,
        ADMIN_TOKENS: 'ops:destroy:dev-only-admin-token',
      });
      expect(problems).toHaveLength(1);
    },
  );

  it.each(['0.0.0.0/0', '::/0', '0.0.0.0/1,128.0.0.0/1', '10.0.0.0/8,::ffff:0:0/96'])(
    'TRUST_PROXY=%s is refused',
    (TRUST_PROXY) => {
      expect(problemsOf(GatewayConfig, { ...GATEWAY, TRUST_PROXY })).toEqual([
        expect.stringMatching(/^TRUST_PROXY: trusts so many addresses .*; list only your proxies/),
      ]);
    },
  );
});

describe('outside of production', () => {
  it.each([undefined, '', 'development', 'test'])('NODE_ENV=%s allows them', (name) => {
    const before = process.env['NODE_ENV'];
    if (name === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = name;
    try {
      const config = readConfig(SimulatorConfig, {
        GATEWAY_URL: 'http://gateway',
        SHOPIFY_WEBHOOK_SECRET: DEVELOPMENT_SECRETS.webhookSecret,
        ADMIN_TOKENS: 'ops:destroy:dev-only-admin-token',
      });
      expect(config.SHOPIFY_WEBHOOK_SECRET).toBe(DEVELOPMENT_SECRETS.webhookSecret);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });
});

it('a process with development secrets and NODE_ENV=production does not start and shows none', async () => {
  const gateway = await ServiceProcess.launch({
    app: 'api-gateway',
    env: {
      NODE_ENV: 'production',
      POINTS_URL: 'http://127.0.0.1:9',
      REFERRALS_URL: 'http://127.0.0.1:9',
      SHOPIFY_WEBHOOK_SECRETS: 'dev-only-webhook-secret',
      ADMIN_TOKENS: 'ops:hunter2-hunter2-hunter2',
      REDIS_URL: 'redis://ada:hunter2-planted@127.0.0.1:9',
      TRUST_PROXY: '0.0.0.0/0',
    },
  });
  expect((await gateway.exited).code).toBe(1);
  const output = gateway.lastLines().join('\n');
  expect(output).toMatch(/SHOPIFY_WEBHOOK_SECRETS: contains a development secret/);
  expect(output).toMatch(/TRUST_PROXY: trusts so many addresses/);
  expect(output).not.toContain('hunter2');
});
