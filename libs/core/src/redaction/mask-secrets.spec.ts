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

describe('a secret in an odd place is not shown', () => {
  class Client {
    readonly password = SECRET;
    readonly #note = SECRET;
    toJSON(): string {
      return this.#note;
    }
    [inspect.custom](): string {
      return this.#note;
    }
  }
  const named = (name: string) => Object.defineProperty(() => SECRET, 'name', { value: name });
  const hostile = (handler: ProxyHandler<object>) => new Proxy({ password: SECRET }, handler);
  const fail = (): never => {
    throw new Error(SECRET);
  };
  const ADDRESS = 'redis://ada:hunter2@cache';

  it.each<[string, unknown]>([
    ['an instance that prints itself', new Client()],
    ['an object that prints itself', { toJSON: () => SECRET, [inspect.custom]: () => SECRET }],
    ['a symbol', { [Symbol('password')]: SECRET, [Symbol('x')]: ADDRESS, s: Symbol(ADDRESS) }],
    ['a key', { [ADDRESS]: 1 }],
    [
      'a key of a Map',
      new Map<unknown, number>([
        [ADDRESS, 1],
        [{ toString: () => SECRET }, 2],
      ]),
    ],
    ['a Map in a Map', new Map([['a', new Map([['token', SECRET]])]])],
    ['fields of a function', Object.assign(named('handler'), { password: SECRET })],
    [
      'fields of a class',
      class {
        static readonly password = SECRET;
      },
    ],
    ['fields of a date', Object.assign(new Date(0), { password: SECRET })],
    ['fields of a list', Object.assign([1], { password: SECRET })],
    ['a list with holes', Object.assign([], { 2: { password: SECRET } })],
    ['a boxed text', Object(ADDRESS)],
    ['a pattern', /redis:\/\/ada:hunter2@cache/],
    ['an ArrayBuffer', new TextEncoder().encode(SECRET).buffer],
    ['a Promise', Promise.resolve(SECRET)],
    ['Headers', new Headers({ authorization: SECRET })],
    ['URLSearchParams', new URLSearchParams({ token: SECRET })],
    ['an iterator', new Map([['token', SECRET]]).entries()],
    [
      'the entries of an object',
      [
        ['password', SECRET],
        ['host', 'cache'],
      ],
    ],
    ['a header that names itself', [{ name: 'authorization', value: SECRET }]],
    ['a variable that names itself', [{ key: 'DB_PASSWORD', value: SECRET }]],
    [
      'fields and the cause of an error',
      Object.assign(new Error('x', { cause: new Error(SECRET) }), { password: SECRET }),
    ],
    [
      'a proxy that hides fields',
      hostile({ ownKeys: () => [], getOwnPropertyDescriptor: () => undefined }),
    ],
    ['a proxy without a prototype', hostile({ getPrototypeOf: fail })],
    ['a proxy of a list', new Proxy([SECRET], { get: fail })],
  ])('%s', (_where, value) => {
    for (const given of [value, { inner: value }, [value]]) {
      const shown = shownOf(new OptionError('queue.options', given, 'use another'));
      expect(shown).not.toContain(SECRET);
      expect(shown).not.toContain('68 75 6e 74 65 72 32');
    }
  });

  it.each([
    ['redis://ada:hunter2', "'redis://ada:***'"],
    ['redis://:hunter2', "'redis://:***'"],
    ['redis://ada:hunter2＠cache', "'redis://ada:***'"],
    ['redis://ada:s@a,redis://bob:hunter2', "'redis://ada:***@a,redis://bob:***'"],
    ['redis://ada:hunter2@[::1]:6379', "'redis://ada:***@[::1]:6379'"],
    ['https://sms.example.com/#hunter2', "'https://sms.example.com/#***'"],
    ['redis%3A%2F%2Fada%3Ahunter2%40cache', "'***'"],
    [
      'jdbc:sqlserver://db:1433;user=a;password=hunter2',
      "'jdbc:sqlserver://db:1433;user=a;password=***'",
    ],
    ['host=db user=ada password=hunter2', "'host=db user=ada password=***'"],
    ['cache:6380,password=hunter2,ssl=True', "'cache:6380,password=***,ssl=True'"],
    ['AccountName=a;AccountKey=hunter2==;', "'AccountName=a;AccountKey=***;'"],
    ['{"host":"db","password":"hunter2"}', `'{"host":"db","password":***}'`],
    ['"{\\"password\\":\\"hunter2\\"}"', `'"{\\\\"password\\\\":***}"'`],
    ['Authorization: Bearer hunter2', "'Authorization: ***'"],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----\nhunter2', "'***'"],
  ])('in the text %j', (value, shown) => {
    const error = new OptionError('mail.server', value, 'use another');
    expect(error.message).toBe(`mail.server: got ${shown}; use another`);
    expect(shownOf(error)).not.toContain(SECRET);
  });

  // Quadratic work on one of these would exceed the time limit of the test.
  it('and a long text or list is cut', () => {
    const values = [
      'z'.repeat(1e6),
      `@${'://:'.repeat(200_000)}`,
      '://a:1@'.repeat(100_000),
      Object.assign([], { length: 1e9 }),
      Array.from({ length: 1e5 }, () => SECRET),
      Object.fromEntries(Array.from({ length: 1e5 }, (_none, i) => [`k${i}`, i])),
    ];
    for (const value of values) {
      const error = new OptionError('queue.options', value, 'use another');
      expect(error.message.length).toBeLessThan(5_000);
      expect(JSON.stringify(error).length).toBeLessThan(5_000);
    }
  });
});

describe('an address keeps what is wrong with it', () => {
  it.each([
    'redis://cache:undefined',
    'redis://cache:NaN/0',
    'http://${HOST}:${PORT}/',
    'http://{{host}}:{{port}}',
    'redis://[::1]:6379',
    'redis://a:1,redis://b:2',
    'redis://a:1,b:2/0',
    'redis://cache:6379: refused',
    'http://cache:/',
    'https://sms.example.com/v1/send',
  ])('%s', (text) => {
    expect(maskSecrets('throttling.url', text)).toBe(text);
  });
});
