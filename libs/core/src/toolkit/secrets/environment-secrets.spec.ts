import { EnvironmentSecrets, secretsIn } from './environment-secrets.js';

const SECRET = 'hunter2-hunter2';

it.each([
  { ADMIN_TOKENS: `ops:${SECRET}` },
  { ADMIN_TOKENS: `ops:view:short,ada:destroy:${SECRET}` },
  { SHOPIFY_WEBHOOK_SECRETS: `old-secret, ${SECRET}` },
  { DB_PASSWORD: SECRET },
  { REDIS_URL: `redis://ada:${SECRET}@cache` },
  { REDIS_URL: `redis://:${SECRET}@cache` },
  { DATABASE_URL: `postgres://db/shop?user=ada&password=${SECRET}` },
  { DATABASE_URL: `postgres://ada:short@db/shop?sslpassword=${SECRET}` },
  { ANYTHING: `postgres://shop:${SECRET}@db/shop` },
])('masks the secrets of an environment wherever they are printed: %j', (environment) => {
  const secrets = new EnvironmentSecrets(environment);
  const shown = secrets.hide(`it failed: ${JSON.stringify(environment)}, ${SECRET} is wrong`);
  expect(shown).not.toContain(SECRET);
  expect(shown).toContain('***');
});

it('masks an encoded secret and the credentials of any address', () => {
  const secrets = new EnvironmentSecrets({ API_KEY: 'a b&c d/e f', OTHER: '1' });
  expect(secrets.hide('GET /?key=a%20b%26c%20d%2Fe%20f of amqp://x:y@host')).toBe(
    'GET /?key=*** of amqp://***@host',
  );
});

it('leaves out short and published values, which are also ordinary words', () => {
  const environment = {
    POINTS_DB_PASSWORD: 'points',
    POSTGRES_PASSWORD: 'postgres',
    USE_TOKEN: 'true',
    TOKEN_TTL: '30s',
    PATH: '/usr/bin:/usr/local/bin',
  };
  const text = 'points-service: use postgres://role:password@host, true or 30s; see /usr/bin';
  expect(new EnvironmentSecrets(environment).hide(text)).toBe(text);
});

it.each([
  ['ADMIN_TOKENS', 'ops:view:a-token', ['ops:view:a-token', 'a-token']],
  ['SECRETS', 'one,two', ['one,two', 'one', 'two']],
  ['DATABASE_URL', 'postgres://points:pw@db/points', ['pw', 'pw']],
  ['DATABASE_URL', 'postgres://db/points', []],
  ['LOG_LEVEL', 'info', []],
])('finds the secrets of %s=%s', (name, value, secrets) => {
  expect(secretsIn(name, value)).toEqual(secrets);
});
