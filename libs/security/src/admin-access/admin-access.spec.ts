import { AdminAccess, AdminAccessError, type AdminRole } from '@loyalnest/core';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { AdminAccessModule } from './admin-access.module.js';
import { resolveAdminTokens, type AdminAccessModuleOptions } from './admin-access.options.js';

const OPERATOR = 'operator-token-0123456789';
const VIEWER = 'viewer-token-0123456789ab';
const TOKENS = `ada:operate:${OPERATOR},grafana:view:${VIEWER}`;

async function access(options: AdminAccessModuleOptions): Promise<AdminAccess> {
  @Module({ imports: [AdminAccessModule.forRoot(options)] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  return app.get(AdminAccess);
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

it.each<[string, AdminRole, string]>([
  [OPERATOR, 'operate', 'ada'],
  [OPERATOR, 'view', 'ada'],
  [VIEWER, 'view', 'grafana'],
])('allows the holder of %s to %s', async (token, role, name) => {
  const admin = await access({ tokens: TOKENS });
  await expect(admin.authorize(bearer(token), role)).resolves.toMatchObject({ name });
});

it.each<[string, AdminRole]>([
  [VIEWER, 'operate'],
  [OPERATOR, 'destroy'],
])('forbids the holder of %s to %s', async (token, role) => {
  const admin = await access({ tokens: TOKENS });
  const refused = admin.authorize(bearer(token), role);
  await expect(refused).rejects.toThrow(AdminAccessError);
  await expect(refused).rejects.toMatchObject({ category: 'forbidden' });
});

it.each([
  ['no authorization header', {}],
  ['another token', { authorization: 'Bearer operator-token-0123456788' }],
  ['a part of a token', { authorization: `Bearer ${OPERATOR.slice(0, -1)}` }],
  ['another scheme', { authorization: `Basic ${OPERATOR}` }],
  ['two headers', { authorization: [`Bearer ${OPERATOR}`, 'Bearer x'] }],
  ['an empty token', { authorization: 'Bearer ' }],
  ['the development token', { authorization: 'Bearer dev-only-admin-token' }],
])('refuses a request with %s as unauthenticated', async (_what, headers) => {
  const admin = await access({ tokens: TOKENS });
  await expect(admin.authorize({ headers }, 'view')).rejects.toMatchObject({
    category: 'unauthenticated',
  });
});

it('keeps no plain token in memory', async () => {
  const { inspect } = await import('node:util');
  expect(inspect(await access({ tokens: TOKENS }), { depth: 9 })).not.toContain(OPERATOR);
});

describe('without tokens', () => {
  it('refuses to boot in production', () => {
    expect(() => resolveAdminTokens({}, { NODE_ENV: 'production' })).toThrow(
      'set at least one in production',
    );
  });

  it('gives the development token full access elsewhere', async () => {
    const admin = await access({});
    await expect(admin.authorize(bearer('dev-only-admin-token'), 'destroy')).resolves.toMatchObject(
      { name: 'development' },
    );
  });
});

it.each([
  ['ada:operate:short', 'AdminAccessModule.tokens[0].token'],
  [`ada:own:${OPERATOR}`, 'use one of view, operate, destroy'],
  [`:view:${OPERATOR}`, 'AdminAccessModule.tokens[0].name'],
  [`${TOKENS},bob`, 'AdminAccessModule.tokens[2].role'],
])('refuses %p without showing a token', (tokens, message) => {
  expect(() => resolveAdminTokens({ tokens })).toThrow(message);
  try {
    resolveAdminTokens({ tokens });
  } catch (error) {
    expect(String(error)).not.toContain(OPERATOR);
  }
});

it.each(['test', 'production'])('says how to replace a short token with NODE_ENV=%s', (mode) => {
  expect(() => resolveAdminTokens({ tokens: 'ada:operate:short' }, { NODE_ENV: mode })).toThrow(
    'has 5 characters; use at least 16; generate one with: openssl rand -hex 32',
  );
});
