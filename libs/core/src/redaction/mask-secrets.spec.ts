import { inspect } from 'node:util';
import { OptionError } from '../options/option.error.js';
import { maskSecrets } from './mask-secrets.js';

const SECRET = 'hunter2';

/** Everything that a log could show about an error. */
function shownOf(error: Error): string {
  const deep = inspect(error, { depth: 9, showHidden: true, getters: true });
  return [error.message, error.stack, deep, JSON.stringify(error)].join('\n');
}

describe('an error about an option shows no secret', () => {
  it.each([
    'AdminAccessModule.tokens',
    'AdminAccessModule.tokens[0].token',
    'AdminAccessModule.tokens[0].role',
    'WebhookSignatureModule.secrets[1]',
    'queue.redis.password',
    'queue.tls.key',
    'mail.apiKey',
    'mail.credentials.user',
    'http.headers.authorization',
    'http.headers.set-cookie',
    'ADMIN_TOKENS',
    'DB_PASS',
    'AWS_SECRET_ACCESS_KEY',
    'ENCRYPTION_KEY_V2',
    'SmsClient.send @RateLimit.apiKey',
  ])('that its name gives away: %s', (path) => {
    for (const value of [
      SECRET,
      [SECRET],
      { name: SECRET },
      new Set([SECRET]),
      Buffer.from(SECRET),
    ]) {
      const error = new OptionError(path, value, 'use another');
      expect(shownOf(error)).not.toContain(SECRET);
      expect(shownOf(error)).not.toContain('68 75 6e 74 65 72 32');
      expect(error.message).toMatch(/: got .+; use another$/);
    }
  });

  it.each([
    ['redis://ada:hunter2@cache:6379/0', "'redis://ada:***@cache:6379/0'"],
    ['redis://:hunter2@cache', "'redis://:***@cache'"],
    ['redis//ada:hunter2@cache', "'redis//ada:***@cache'"],
    ['ada:hunter2@cache', "'ada:***@cache'"],
    ['hunter2@cache:6379', "'***@cache:6379'"],
    ['https://hunter2@sentry.example.com/1', "'https://***@sentry.example.com/1'"],
    ['postgres://ada:hun@ter/hunter2@db/shop', "'postgres://ada:***@db/shop'"],
    ['redis://cache?password=hunter2', "'redis://cache?***'"],
    ['redis://:hunter2@a,redis://:hunter2@b', "'redis://:***@b'"],
    [new URL('https://ada:hunter2@sms.example.com/ping'), "'https://ada:***@sms.example.com/ping'"],
    [new URL('https://sms.example.com/ping?token=hunter2'), "'https://sms.example.com/ping?***'"],
    [['redis://:hunter2@a'], "[ 'redis://:***@a' ]"],
  ])('in an address: %p', (value, shown) => {
    const error = new OptionError('throttling.url', value, 'use another');
    expect(error.message).toBe(`throttling.url: got ${shown}; use another`);
    expect(shownOf(error)).not.toContain(SECRET);
  });

  it('in an address, whatever the option is called', () => {
    const error = new OptionError('LOG_LEVEL', 'redis://ada:hunter2@cache', 'use info');
    expect(error.message).toBe("LOG_LEVEL: got 'redis://ada:***@cache'; use info");
  });

  it('in objects and lists, at any depth', () => {
    class Settings {
      readonly host = 'cache';
      readonly password = SECRET;
    }
    const deep = { a: { b: { c: { d: { e: { f: SECRET } } } } } };
    const values: unknown[] = [
      { host: 'cache', password: SECRET },
      { nodes: [{ auth: { user: 'ada', pass: SECRET } }] },
      [{ token: SECRET }, ['a', { url: 'redis://:hunter2@a' }]],
      new Map([['apiKey', SECRET]]),
      new Settings(),
      { client: new Settings() },
      deep,
      Object.defineProperty({}, 'password', { value: SECRET, enumerable: false }),
      {
        get secret() {
          return SECRET;
        },
      },
      { pem: '-----BEGIN RSA PRIVATE KEY-----\nhunter2' },
      new Error('no answer of redis://ada:hunter2@cache'),
    ];
    for (const value of values) {
      expect(shownOf(new OptionError('queue.redis', value, 'use another'))).not.toContain(SECRET);
    }
  });

  it('in an object that cannot be read, or that contains itself', () => {
    const circle: Record<string, unknown> = { password: SECRET };
    circle['self'] = circle;
    expect(shownOf(new OptionError('queue.redis', circle, 'x'))).not.toContain(SECRET);
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error(SECRET);
        },
      },
    );
    expect(shownOf(new OptionError('queue.redis', hostile, 'x'))).not.toContain(SECRET);
  });

  it('that is a number', () => {
    expect(maskSecrets('mail.password', 123_456)).toBe('***');
    expect(maskSecrets('mail.password', 123_456n)).toBe('***');
  });
});

describe('an error about an option shows the wrong value', () => {
  it.each<[string, unknown]>([
    ['policies.sms.retry.attempts', Number.NaN],
    ['mail.password', Number.NaN],
    ['throttling.maxKeys', 0],
    ['queue.redis.keyPrefix', '(set)'],
    ['WebhookSignatureModule.algorithm', 'rot13'],
    ['WebhookSignatureModule.secrets', []],
    ['WebhookSignatureModule.secrets[1]', ' '],
    ['mail.password', undefined],
    ['mail.password', null],
    ['mail.password', false],
    ['TokenClient.passwords @Timeout', '5 sec'],
    ["HttpCheck('token').url", 'ftp://host/'],
    ["queue('secrets').throttled", 'yes'],
    ['http.origins[0]', 'http://points:3001/path'],
    ['mail.from', 'ada@example.com'],
    ['queue.url', 'localhost:6379'],
    ['jobs.cron', '0 3 ? * *'],
    ['audit.since', new Date(0)],
    ['log.pattern', /x/],
    ['list', [1, 'two', { three: [3] }]],
    ['handler', Math.max],
  ])('%s: %p', (path, value) => {
    expect(maskSecrets(path, value)).toBe(value);
  });

  it('without changing the original value', () => {
    const given = { host: 'cache', password: SECRET, nodes: [{ token: SECRET }] };
    expect(maskSecrets('queue.redis', given)).toEqual({
      host: 'cache',
      password: '***',
      nodes: [{ token: '***' }],
    });
    expect(given).toEqual({ host: 'cache', password: SECRET, nodes: [{ token: SECRET }] });
  });
});
