import { channel } from 'node:diagnostics_channel';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CircuitBreaker, ResilienceModule, Retry, Timeout } from '../index.js';
import * as broadcastEvents from '../redis/broadcast.events.js';
import * as resilienceEvents from '../resilience.events.js';
import { describePipeline, FakeClock, forceOpen, recordEvents, release } from './index.js';

@Injectable()
class SmsClient {
  @Retry({ attempts: 2, backoff: { initial: '100ms', jitter: 'none' } })
  @CircuitBreaker({ name: 'sms' })
  @Timeout('2s')
  async send(answer: () => Promise<string>): Promise<string> {
    return answer();
  }

  @CircuitBreaker({ name: 'hosts', minimumCalls: 2, key: (host: string) => host })
  async get(host: string): Promise<string> {
    return host;
  }

  async plain(): Promise<void> {}
}

describe('the testing entry', () => {
  const clock = new FakeClock();
  let app: INestApplicationContext;
  let sms: SmsClient;

  beforeAll(async () => {
    @Module({ imports: [ResilienceModule.forRoot({ clock })], providers: [SmsClient] })
    class App {}
    app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    sms = app.get(SmsClient);
  });
  afterAll(() => app.close());

  it('opens a circuit until it is released', async () => {
    forceOpen(app, 'sms');
    await expect(sms.send(async () => 'sent')).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
    release(app, 'sms');
    await expect(sms.send(async () => 'sent')).resolves.toBe('sent');
  });

  it('opens one circuit of several by its key', async () => {
    await sms.get('a');
    await sms.get('b');
    forceOpen(app, 'hosts', 'a');
    await expect(sms.get('a')).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
    await expect(sms.get('b')).resolves.toBe('b');
    release(app, 'hosts', 'a');
    await expect(sms.get('a')).resolves.toBe('a');
  });

  it('lists the existing circuits for an unknown name', () => {
    expect(() => forceOpen(app, 'smms')).toThrow(
      /forceOpen: got 'smms'; use one of the circuits: sms/,
    );
    expect(() => release(app, 'hosts', 'c')).toThrow("release: got 'hosts[c]'");
  });

  it('records events in order and by type, on virtual time', async () => {
    const recorder = recordEvents();
    const down = new Error('down');
    const began = clock.now();
    const sent = sms.send(async () => {
      if (clock.now() === began) throw down;
      return 'sent';
    });
    await clock.advance(100);
    await expect(sent).resolves.toBe('sent');
    forceOpen(app, 'sms');
    recorder.stop();
    release(app, 'sms');
    const attempt = {
      type: 'attempt-failed',
      policy: 'sms',
      attempt: 1,
      error: down,
      delayMs: 100,
    };
    expect(recorder.events[0]).toEqual(attempt);
    expect(recorder.of('attempt-failed')).toEqual([attempt]);
    expect(recorder.events.at(-1)).toMatchObject({ type: 'circuit-state', to: 'forced-open' });
    expect(recorder.of('circuit-state').at(-1)).toBe(recorder.events.at(-1));
    expect(recorder.of('fallback')).toEqual([]);
  });

  it('records every channel that the module has', () => {
    const channels = [...Object.values(resilienceEvents), ...Object.values(broadcastEvents)];
    const names = [...new Set(channels.map(({ name }) => name))];
    expect(names.length).toBeGreaterThan(8);
    const recorder = recordEvents();
    for (const name of names) channel(name).publish({ policy: name });
    recorder.stop();
    expect(recorder.events).toEqual(
      names.map((name) => ({ type: name.split(':')[2], policy: name })),
    );
  });

  it('describes the policies of a method from the outermost to the innermost', () => {
    expect(describePipeline(app, SmsClient, 'send')).toEqual([
      { kind: 'retry', description: '2 attempts' },
      {
        kind: 'circuit-breaker',
        description: expect.stringContaining('sms, opens for 30000 ms at 50 %'),
      },
      { kind: 'timeout', description: '2000 ms' },
    ]);
  });

  it('refuses to describe a method that has no policy or does not exist', () => {
    expect(() => describePipeline(app, SmsClient, 'plain')).toThrow('that a policy is declared on');
    expect(() => describePipeline(app, SmsClient, 'gone' as 'plain')).toThrow(
      "describePipeline: got 'gone'; use a method of SmsClient",
    );
  });
});
