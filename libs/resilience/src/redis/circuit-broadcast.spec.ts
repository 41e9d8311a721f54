import { DRAIN, ON_SHUTDOWN, type Clock } from '@loyalnest/core';
import { isDrainable } from '@loyalnest/core/toolkit';
import { eventually, FakeClock, RedisServer } from '@loyalnest/testing';
import { Injectable, Logger, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { CircuitBreaker, ResilienceModule, ResilienceRegistry } from '../index.js';
import { recordEvents, type EventRecorder } from '../testing/index.js';
import { CircuitBroadcast, CircuitBroadcastModule, type CircuitBroadcastOptions } from './index.js';

const CHANNEL = 'loyalnest:resilience:circuits';
/** A policy that no application has. */
const NOTHING = 'nothing';
const CLOCK = new FakeClock();

@Injectable()
class SmsClient {
  @CircuitBreaker({ name: 'sms', minimumCalls: 1, failureRatio: 0.0005 })
  async send(answer: () => Promise<string> = async () => 'sent'): Promise<string> {
    return answer();
  }

  @CircuitBreaker({ name: 'hosts', minimumCalls: 1, key: (host: string) => host })
  async get(host: string): Promise<string> {
    if (host === 'down') throw new Error('down');
    return host;
  }
}

let redis: RedisServer;
let admin: Redis;
let apps: INestApplicationContext[] = [];
let recorder: EventRecorder;

beforeAll(async () => {
  redis = await RedisServer.start();
  admin = new Redis(redis.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  admin.on('error', () => {});
});
beforeEach(() => {
  recorder = recordEvents();
});
afterEach(async () => {
  if (redis.pid === undefined) await redis.restart();
  redis.resume();
  recorder.stop();
  jest.restoreAllMocks();
  await Promise.all(apps.map((app) => app.close()));
  apps = [];
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

interface Instance {
  readonly app: INestApplicationContext;
  readonly sms: SmsClient;
  readonly broadcast: CircuitBroadcast;
  stateOf(name: string, key?: string): string | undefined;
}

async function start(
  instance: string,
  options: Partial<CircuitBroadcastOptions> = {},
  clock: Clock = CLOCK,
): Promise<Instance> {
  @Module({
    imports: [
      ResilienceModule.forRoot({ clock }),
      CircuitBroadcastModule.forRootAsync({
        useFactory: () => ({ url: redis.url, instance, ...options }),
      }),
    ],
    providers: [SmsClient],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  apps.push(app);
  return {
    app,
    sms: app.get(SmsClient),
    broadcast: app.get(CircuitBroadcast),
    stateOf: (name, key) => app.get(ResilienceRegistry).get(name, key)?.state,
  };
}

async function subscribers(channel: string, count: number): Promise<void> {
  await eventually(async () =>
    expect(await admin.pubsub('NUMSUB', channel)).toEqual([channel, count]),
  );
}

/** Two connected instances. */
async function pair(): Promise<[Instance, Instance]> {
  const both: [Instance, Instance] = [await start('points-1'), await start('points-2')];
  await subscribers(CHANNEL, 2);
  // The publishing connection may be ready a moment after the subscribing one.
  for (const { broadcast } of both) await reaches(broadcast, 1);
  recorder.stop();
  recorder = recordEvents();
  return both;
}

async function reaches(broadcast: CircuitBroadcast, others: number): Promise<void> {
  const harmless = { policy: NOTHING, command: 'release', by: 'spec' } as const;
  await eventually(async () =>
    expect(await broadcast.command(harmless)).toMatchObject({ applied: false, reached: others }),
  );
}

function commandsGiven() {
  return recorder.of('operator-command').filter(({ policy }) => policy !== NOTHING);
}

describe('a circuit change', () => {
  it('is announced to the other instances and changes nothing there', async () => {
    const [one, two] = await pair();
    await expect(one.sms.send(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await expect(one.sms.get('down')).rejects.toThrow('down');
    await eventually(() => expect(recorder.of('remote-circuit-state')).toHaveLength(2));
    const { app } = two.app.get(ResilienceRegistry);
    const change = { type: 'remote-circuit-state', app, instance: 'points-1' };
    expect(recorder.of('remote-circuit-state')).toEqual([
      { ...change, policy: 'sms', from: 'closed', to: 'open' },
      { ...change, policy: 'hosts', key: 'down', from: 'closed', to: 'open' },
    ]);
    expect(one.stateOf('sms')).toBe('open');
    expect(two.stateOf('sms')).toBe('closed');
    await expect(two.sms.send()).resolves.toBe('sent');
  });

  it('is not announced to its own instance', async () => {
    const one = await start('alone');
    await subscribers(CHANNEL, 1);
    await reaches(one.broadcast, 0);
    await expect(one.sms.send(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await admin.publish(CHANNEL, '{}');
    await reaches(one.broadcast, 0);
    expect(recorder.of('remote-circuit-state')).toEqual([]);
  });

  it("is announced on its service's channel only", async () => {
    const [one, two] = [await start('a', { channel: 'a' }), await start('b', { channel: 'b' })];
    await subscribers('a', 1);
    await subscribers('b', 1);
    await reaches(one.broadcast, 0);
    await one.broadcast.command({ policy: 'sms', command: 'force-open', by: 'ada' });
    await reaches(two.broadcast, 0);
    expect([one.stateOf('sms'), two.stateOf('sms')]).toEqual(['forced-open', 'closed']);
  });
});

describe("an operator's command", () => {
  it.each([
    ['force-open', 'forced-open'],
    ['force-closed', 'forced-closed'],
    ['release', 'closed'],
    ['open', 'open'],
    ['close', 'closed'],
  ] as const)('%s leaves the circuit %s on every instance', async (command, state) => {
    const [one, two] = await pair();
    if (state === 'closed') {
      await one.broadcast.command({ policy: 'sms', command: 'force-open', by: 'ada' });
      await eventually(() => expect(two.stateOf('sms')).toBe('forced-open'));
    }
    const receipt = await one.broadcast.command({ policy: 'sms', command, by: 'ada' });
    expect(receipt).toEqual({ applied: true, broadcast: 'sent', reached: 1 });
    expect(one.stateOf('sms')).toBe(state);
    await eventually(() => expect(two.stateOf('sms')).toBe(state));
  });

  it('is published on every instance, with who gave it and where', async () => {
    const [one, two] = await pair();
    await two.sms.get('a');
    const command = { policy: 'hosts', key: 'a', command: 'force-open', by: 'ada' } as const;
    const receipt = await one.broadcast.command(command);
    expect(receipt).toEqual({ applied: false, broadcast: 'sent', reached: 1 });
    await eventually(() => expect(two.stateOf('hosts', 'a')).toBe('forced-open'));
    const event = { type: 'operator-command', ...command, instance: 'points-1' };
    expect(commandsGiven()).toEqual([
      { ...event, app: one.app.get(ResilienceRegistry).app, applied: false },
      { ...event, app: two.app.get(ResilienceRegistry).app, applied: true },
    ]);
  });

  it.each([
    [{ command: 'shut' }, "command.command: got 'shut'; use one of force-open"],
    [{ command: 'toString' }, "command.command: got 'toString'"],
    [{ policy: '' }, "command.policy: got ''"],
    [{ key: 5 }, 'command.key: got 5'],
    [{ by: undefined }, 'command.by: got undefined'],
  ])('is refused if it is invalid: %p', async (wrong, message) => {
    const one = await start('alone');
    const command = { policy: 'sms', command: 'open', by: 'ada', ...wrong } as never;
    await expect(one.broadcast.command(command)).rejects.toThrow(message);
    expect(one.stateOf('sms')).toBe('closed');
  });
});

describe('messages from other senders', () => {
  it('are ignored unless they are valid', async () => {
    const [one, two] = await pair();
    const header = { version: 1, sender: 's', instance: 'i' };
    const command = { policy: 'sms', command: 'force-open', by: 'eve' };
    const transition = { policy: 'sms', from: 'closed', to: 'open' };
    const foreign = [
      'hello',
      '{"version":1',
      'null',
      '[]',
      '5',
      { ...header, kind: 'command' },
      { ...header, kind: 'other', command },
      { ...header, version: 2, kind: 'command', command },
      { ...header, sender: 5, kind: 'command', command },
      { ...header, kind: 'command', command: { ...command, command: 'constructor' } },
      { ...header, kind: 'command', command: { ...command, policy: null } },
      { ...header, kind: 'command', command: { ...command, key: 5 } },
      { ...header, kind: 'command', command: { ...command, by: undefined } },
      { ...header, kind: 'command', command, padding: 'x'.repeat(20_000) },
      { ...header, kind: 'transition', transition: { ...transition, to: 'ajar' } },
      { ...header, kind: 'transition', transition: { ...transition, from: 'toString' } },
    ];
    for (const message of foreign) {
      await admin.publish(CHANNEL, typeof message === 'string' ? message : JSON.stringify(message));
    }
    // Redis delivers in order: once this message has arrived, so have all before it.
    await admin.publish(
      CHANNEL,
      JSON.stringify({ ...header, kind: 'command', command: { ...command, command: 'open' } }),
    );
    await eventually(() => expect(two.stateOf('sms')).toBe('open'));
    await eventually(() => expect(one.stateOf('sms')).toBe('open'));
    expect(commandsGiven().map(({ command: name }) => name)).toEqual(['open', 'open']);
    expect(recorder.of('remote-circuit-state').every(({ to }) => to === 'open')).toBe(true);
  });
});

describe('while Redis is unavailable', () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  /** Median duration of runs of 1,000 calls; each run changes the state twice. */
  async function callsTakeMs({ sms, app }: Instance): Promise<number> {
    const breaker = app.get(ResilienceRegistry).get('sms')!;
    const runs: number[] = [];
    for (let run = 0; run < 11; run++) {
      const began = performance.now();
      breaker.open();
      breaker.close();
      for (let call = 0; call < 1_000; call++) {
        if ((await sms.send()) !== 'sent') throw new Error('a call did not succeed');
      }
      runs.push(performance.now() - began);
    }
    return runs.sort((a, b) => a - b)[5]!;
  }

  it('calls succeed and take no longer, circuits change, and commands work again afterwards', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    const [one, two] = await pair();
    await callsTakeMs(one);
    const withRedisMs = await callsTakeMs(one);

    const about = (calls: readonly unknown[][], text: string) =>
      calls.filter(([line]) => String(line).includes(text)).length;
    // The calls may have kept a reply of Redis waiting for too long.
    for (const { broadcast } of [one, two]) await reaches(broadcast, 1);
    warn.mockClear();
    log.mockClear();
    await redis.kill();
    const unnoticedMs = await callsTakeMs(one);
    // Settles once the publishing connection has noticed.
    const harmless = { policy: NOTHING, command: 'release', by: 'spec' } as const;
    expect(await one.broadcast.command(harmless)).toMatchObject({ reached: undefined });
    const withoutMs = await callsTakeMs(one);
    // Allows for noise on a busy machine; a single wait for Redis would take 500 ms.
    expect(unnoticedMs).toBeLessThan(withRedisMs * 3 + 100);
    expect(withoutMs).toBeLessThan(withRedisMs * 3 + 100);
    await eventually(() => expect(about(warn.mock.calls, 'Redis is unavailable')).toBe(2));
    await expect(one.sms.send(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(one.stateOf('sms')).toBe('open');
    const command = { policy: 'sms', command: 'force-closed', by: 'ada' } as const;
    expect(await one.broadcast.command(command)).toEqual({
      applied: true,
      broadcast: 'failed',
      reached: undefined,
    });
    expect(one.stateOf('sms')).toBe('forced-closed');

    await redis.restart();
    await subscribers(CHANNEL, 2);
    await reaches(one.broadcast, 1);
    expect(two.stateOf('sms')).toBe('closed');
    await one.broadcast.command({ policy: 'sms', command: 'force-open', by: 'ada' });
    await eventually(() => expect(two.stateOf('sms')).toBe('forced-open'));
    await reaches(two.broadcast, 1);
    expect(about(warn.mock.calls, 'Redis is unavailable')).toBe(2);
    await eventually(() => expect(about(log.mock.calls, 'Redis is available again')).toBe(2));
    expect(unhandled).toEqual([]);
  });

  it('a short outage without a failed reconnect is logged too', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    const one = await start('points-1');
    await subscribers(CHANNEL, 1);
    await reaches(one.broadcast, 0);
    await admin.client('KILL', 'TYPE', 'pubsub');
    await eventually(() => expect(log).toHaveBeenCalledWith('Redis is available again'));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^Redis is unavailable.*was closed$/));
  });

  it('a command gives up on a hanging Redis in time, and calls go on', async () => {
    const [one, two] = await pair();
    redis.pause();
    const began = performance.now();
    const command = { policy: 'sms', command: 'force-open', by: 'ada' } as const;
    expect(await one.broadcast.command(command)).toEqual({
      applied: true,
      broadcast: 'failed',
      reached: undefined,
    });
    expect(performance.now() - began).toBeLessThan(900);
    expect(one.stateOf('sms')).toBe('forced-open');
    await expect(two.sms.send()).resolves.toBe('sent');
    const release = { ...command, command: 'release' } as const;
    await eventually(async () => {
      const askedAt = performance.now();
      expect(await one.broadcast.command(release)).toMatchObject({ reached: undefined });
      // Nothing more is written to a connection that has not answered.
      expect(performance.now() - askedAt).toBeLessThan(250);
    });
    redis.resume();
    await reaches(one.broadcast, 1);
    expect(unhandled).toEqual([]);
  });

  it('the application boots, and connects to the others once Redis is up', async () => {
    await redis.kill();
    const one = await start('points-1');
    await expect(one.sms.send()).resolves.toBe('sent');
    await redis.restart();
    const two = await start('points-2');
    await subscribers(CHANNEL, 2);
    await reaches(one.broadcast, 1);
    await reaches(two.broadcast, 1);
  });
});

describe('a shutdown', () => {
  const connections = async (): Promise<number> =>
    String(await admin.client('LIST'))
      .trim()
      .split('\n').length - 1;

  it('closes the connections in the close-connections phase, and not before', async () => {
    const one = await start('points-1');
    await reaches(one.broadcast, 0);
    await subscribers(CHANNEL, 1);
    expect(isDrainable(one.broadcast)).toBe(true);
    one.broadcast[ON_SHUTDOWN]();
    one.broadcast.onApplicationShutdown();
    await reaches(one.broadcast, 0);
    const [step] = one.broadcast[DRAIN]();
    expect(step).toMatchObject({ phase: 'close-connections', name: 'redis:circuit-broadcast' });
    await step!.run(new AbortController().signal);
    await step!.run(new AbortController().signal);
    await eventually(async () => expect(await connections()).toBe(0));
  });

  it('closes them without a graceful shutdown, and announces nothing afterwards', async () => {
    const [one, two] = await pair();
    await one.app.close();
    await eventually(async () => expect(await connections()).toBe(2));
    one.app.get(ResilienceRegistry).get('sms')!.force('forced-open');
    await reaches(two.broadcast, 0);
    expect(recorder.of('remote-circuit-state')).toEqual([]);
  });
});

describe('the options', () => {
  it.each([
    [
      { url: 'http://ada:secret@redis' },
      "circuitBroadcast.url: got 'http://ada:***@redis'; use an",
    ],
    [{ url: undefined as never }, 'circuitBroadcast.url: got undefined'],
    [{ channel: '' }, "circuitBroadcast.channel: got ''"],
    [{ instance: '' }, "circuitBroadcast.instance: got ''"],
  ])('%p fail the boot', async (options, message) => {
    await expect(start('points-1', options)).rejects.toThrow(message);
  });

  it('give every unnamed instance a different name', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => start('', { instance: undefined as never })),
    );
    expect(one!.broadcast.instance).not.toBe(two!.broadcast.instance);
  });

  it('can be given only once', async () => {
    @Module({
      imports: [
        ResilienceModule.forRoot({ clock: CLOCK }),
        CircuitBroadcastModule.forRoot({ url: redis.url, instance: 'a' }),
        CircuitBroadcastModule.forRoot({ url: redis.url, instance: 'b' }),
      ],
    })
    class App {}
    const boot = NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    await expect(boot).rejects.toThrow('CircuitBroadcastModule.forRoot: got 2; import it once');
  });
});
