import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { IsArray, IsInt, IsString, Matches, Min, MinLength } from 'class-validator';
import { ConfigError } from './config.error.js';
import { readConfig } from './read-config.js';
import { ServiceConfig } from './service-config.js';

class ShopConfig extends ServiceConfig {
  override readonly PORT: number = 3001;

  @Matches(/^postgres:\/\//, { message: 'use postgres://role:password@host:port/database' })
  readonly SHOP_DATABASE_URL!: string;

  @MinLength(16)
  readonly WEBHOOK_SECRET!: string;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly POINTS_PER_UNIT: number = 1;
}

const COMPLETE = {
  SHOP_DATABASE_URL: 'postgres://shop:hunter2@localhost:5432/shop',
  WEBHOOK_SECRET: 'a-secret-of-some-length',
};

const read = (environment: Record<string, string | undefined> = {}) =>
  readConfig(ShopConfig, { ...COMPLETE, ...environment });

function faults(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(ShopConfig, environment);
  } catch (error) {
    return (error as ConfigError).problems;
  }
  return [];
}

describe('the variables of a service', () => {
  it('are read into an instance of its class and converted', () => {
    const config = read({ PORT: '8080', LOG_LEVEL: 'warn', POINTS_PER_UNIT: '5' });
    expect(config).toBeInstanceOf(ShopConfig);
    expect(config).toEqual({
      ...COMPLETE,
      PORT: 8080,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      SERVICE_VERSION: 'dev',
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      ADMIN_TOKENS: '',
      JOB_DRAIN: '20s',
      LOAD_SHEDDING: true,
      LOAD_SHEDDING_LOOP_DELAY: '200ms',
      GRACE_PERIOD: '30s',
      POINTS_PER_UNIT: 5,
    });
  });

  it('have the defaults of the class, which override those of every service', () => {
    expect(read()).toMatchObject({
      PORT: 3001,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      SERVICE_VERSION: 'dev',
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      ADMIN_TOKENS: '',
      JOB_DRAIN: '20s',
      GRACE_PERIOD: '30s',
      POINTS_PER_UNIT: 1,
    });
  });

  it.each(['', ' ', '\t\n'])('count as unset if they are %j', (empty) => {
    expect(read({ PORT: empty, LOG_PRETTY: empty, HOST: empty, POINTS_PER_UNIT: empty })).toEqual(
      read(),
    );
    expect(faults({ ...COMPLETE, WEBHOOK_SECRET: empty })[0]).toContain(
      'WEBHOOK_SECRET: is not set; ',
    );
  });

  it('are ignored if the class does not declare them', () => {
    expect(read({ PATH: '/bin', AWS_SECRET_KEY: 'other' })).toEqual(read());
  });

  it('are undefined if they are optional and unset', () => {
    expect(read()).toMatchObject({ LOG_PRETTY: undefined, METRICS_PORT: undefined });
    expect(read({ METRICS_PORT: '9464' }).METRICS_PORT).toBe(9464);
    expect(faults({ ...COMPLETE, METRICS_PORT: 'no' })[0]).toContain("METRICS_PORT: got 'no'; ");
    expect(read()).toMatchObject({ HEALTH_DETAILS: undefined, HEALTH_PORT: undefined });
    const health = { HEALTH_DETAILS: 'never', HEALTH_PORT: '9000' };
    expect(read(health)).toMatchObject({ HEALTH_DETAILS: 'never', HEALTH_PORT: 9000 });
    expect(faults({ ...COMPLETE, HEALTH_DETAILS: 'all' })[0]).toContain(
      "HEALTH_DETAILS: got 'all'; ",
    );
  });

  it.each([
    ['true', true],
    ['false', false],
  ])('are a boolean if set to %s', (text, value) => {
    expect(read({ LOG_PRETTY: text }).LOG_PRETTY).toBe(value);
  });

  it('set load shedding within its range', () => {
    const set = { LOAD_SHEDDING: 'false', LOAD_SHEDDING_LOOP_DELAY: '1s' };
    expect(read(set)).toMatchObject({ LOAD_SHEDDING: false, LOAD_SHEDDING_LOOP_DELAY: '1s' });
    expect(faults({ ...COMPLETE, LOAD_SHEDDING: 'off' })).toEqual([
      "LOAD_SHEDDING: got 'off'; LOAD_SHEDDING must be a boolean value",
    ]);
    for (const delay of ['19ms', '11s']) {
      expect(faults({ ...COMPLETE, LOAD_SHEDDING_LOOP_DELAY: delay })).toEqual([
        `LOAD_SHEDDING_LOOP_DELAY: ${delay} is out of range; use a duration from 20ms to 10s`,
      ]);
    }
  });

  it.each(['yes', '1', '0', 'TRUE', 'on', 'null'])('are not a boolean if set to %s', (text) => {
    expect(faults({ ...COMPLETE, LOG_PRETTY: text })).toEqual([
      `LOG_PRETTY: got '${text}'; LOG_PRETTY must be a boolean value`,
    ]);
  });

  it.each(['abc', '80.5', '-1', '65536', '1,000', 'Infinity', 'NaN'])(
    'are not a port if set to %s',
    (text) => {
      expect(faults({ ...COMPLETE, PORT: text })).toEqual([
        expect.stringContaining(`PORT: got '${text}'; `),
      ]);
    },
  );
});

describe('variables that conflict', () => {
  it.each([
    [
      { JOB_DRAIN: '40s' },
      'JOB_DRAIN, GRACE_PERIOD: jobs may run for 40s after the stop signal, but the process is killed after 30s; lower JOB_DRAIN or raise GRACE_PERIOD',
    ],
    [{ JOB_DRAIN: '2m', GRACE_PERIOD: '120000ms' }, 'JOB_DRAIN, GRACE_PERIOD: jobs may run for'],
    [{ METRICS_PORT: '3001' }, 'PORT, METRICS_PORT, HEALTH_PORT: 3001 is used twice; '],
    [{ METRICS_PORT: '9000', HEALTH_PORT: '9000' }, 'PORT, METRICS_PORT, HEALTH_PORT: 9000 is '],
  ])('are reported: %j', (environment, problem) => {
    expect(faults({ ...COMPLETE, ...environment })).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    { JOB_DRAIN: '40s', GRACE_PERIOD: '1m' },
    { PORT: '0', METRICS_PORT: '0', HEALTH_PORT: '0' },
  ])('are accepted if they fit together: %j', (environment) => {
    expect(faults({ ...COMPLETE, ...environment })).toEqual([]);
  });

  it('are not compared if one of them is invalid by itself', () => {
    expect(faults({ ...COMPLETE, JOB_DRAIN: 'long', METRICS_PORT: '3001' })).toEqual([
      expect.stringContaining("JOB_DRAIN: got 'long'; "),
      expect.stringContaining('3001 is used twice'),
    ]);
  });
});

describe('the report of missing and invalid variables', () => {
  it('lists all of them with what is expected', () => {
    const environment = {
      PORT: 'abc',
      LOG_LEVEL: 'loud',
      LOG_PRETTY: 'yes',
      SHOP_DATABASE_URL: undefined,
      POINTS_PER_UNIT: '0',
    };
    expect(() => readConfig(ShopConfig, environment)).toThrow(ConfigError);
    const problems = faults(environment);
    expect(problems.map((line) => line.split(':')[0]).sort()).toEqual([
      'LOG_LEVEL',
      'LOG_PRETTY',
      'POINTS_PER_UNIT',
      'PORT',
      'SHOP_DATABASE_URL',
      'WEBHOOK_SECRET',
    ]);
    expect(problems).toContain(
      'SHOP_DATABASE_URL: is not set; use postgres://role:password@host:port/database',
    );
    expect(problems).toContain("POINTS_PER_UNIT: got '0'; POINTS_PER_UNIT must not be less than 1");
  });

  it('has one line per variable', () => {
    const error = new ConfigError(['A: is not set; x', "B: got 'b'; y"]);
    expect(error.message).toBe(
      "invalid environment variables:\n  A: is not set; x\n  B: got 'b'; y",
    );
    expect(error).toMatchObject({ code: 'INVALID_CONFIG', category: 'invalid', retryable: false });
  });

  it.each([
    'WEBHOOK_SECRET',
    'SHOPIFY_WEBHOOK_SECRETS',
    'DB_PASSWORD',
    'DB_PASS',
    'ADMIN_TOKEN',
    'ADMIN_TOKENS',
    'API_KEY',
    'AWS_CREDENTIALS',
    'REDIS_URL',
    'REDIS_URLS',
    'MONGO_URI',
    'SENTRY_DSN',
    'api_key',
    'databaseUrl',
  ])('never shows the value of %s', (name) => {
    class OneVariable {}
    Matches(/^right$/)(OneVariable.prototype, name);
    expect.assertions(2);
    try {
      readConfig(OneVariable, { [name]: 'hunter2' });
    } catch (error) {
      expect((error as ConfigError).problems).toEqual([
        expect.stringMatching(`^${name}: got a value that is not shown; `),
      ]);
      expect((error as Error).stack).not.toContain('hunter2');
    }
  });

  it.each(['redis://:hunter2@localhost', 'postgres://shop:hunter2@db/shop'])(
    'never shows a URL with a password, whatever its variable is called: %s',
    (address) => {
      expect(faults({ ...COMPLETE, LOG_LEVEL: address }).join('\n')).not.toContain('hunter2');
    },
  );

  it('never shows a secret that a rule repeats in its message', () => {
    class Quoting {
      @Matches(/^right$/, { message: '$property is $value' })
      readonly API_KEY!: string;
    }
    expect(() => readConfig(Quoting, { API_KEY: 'hunter2' })).toThrow(
      'API_KEY: got a value that is not shown; ',
    );
    expect(() => readConfig(Quoting, { API_KEY: 'hunter2' })).not.toThrow('hunter2');
  });

  it('reports invalid items of a list', () => {
    class Listing {
      @Transform(({ value }) => String(value).split(','))
      @IsArray()
      @IsString({ each: true })
      @MinLength(3, { each: true })
      readonly SHOPS!: readonly string[];
    }
    expect(() => readConfig(Listing, { SHOPS: 'one,x' })).toThrow("SHOPS: got 'one,x'; ");
    expect(readConfig(Listing, { SHOPS: 'one,two' }).SHOPS).toEqual(['one', 'two']);
  });
});
