import { currentContext } from '@loyalnest/core';
import { CorrelationModule } from '@loyalnest/correlation';
import { ProblemDetailsModule, ValidationModule } from '@loyalnest/http';
import { eventually, PLATFORMS, type RunningApp } from '@loyalnest/testing';
import { Module, UseGuards, type LoggerService } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Observable, of, throwError } from 'rxjs';
import { ANSWERS, fail, Purchase, RefusingGuard, SECRET, sqlError } from './failing-handlers.js';
import { SOCKET_PLATFORMS, type SocketClient } from './web-socket-client.js';

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('fail')
  async fail(@MessageBody() kind: string): Promise<never> {
    return fail(kind);
  }

  @SubscribeMessage('stream')
  stream(): Observable<never> {
    return throwError(() => sqlError());
  }

  @UseGuards(RefusingGuard)
  @SubscribeMessage('guarded')
  guarded(): string {
    return 'secret';
  }

  @SubscribeMessage('buy')
  buy(@MessageBody() { points }: Purchase): object {
    return { event: 'bought', data: { points } };
  }

  @SubscribeMessage('who')
  who(): Observable<object> {
    const made = currentContext()?.correlationId;
    return new Observable((subscriber) => {
      const subscribed = currentContext()?.correlationId;
      subscriber.next({ event: 'who', data: { made, subscribed } });
      subscriber.complete();
    });
  }

  @SubscribeMessage('odd reply')
  oddReply(@MessageBody() kind: string): unknown {
    const reply = { event: 'odd', data: { points: 10n } };
    return kind === 'stream' ? of(reply) : reply;
  }

  @SubscribeMessage('alive')
  alive(): Observable<object> {
    return of({ event: 'alive', data: {} });
  }
}

@Module({
  imports: [CorrelationModule.forRoot({}), ProblemDetailsModule.forRoot({}), ValidationModule],
  providers: [Gateway],
})
class App {}

class Log implements LoggerService {
  readonly errors: string[] = [];
  log(): void {}
  warn(): void {}
  error(...parts: unknown[]): void {
    this.errors.push(parts.join(' '));
  }
}

/** The JSON of arrays in arrays, which can be parsed. Writing it exceeds the stack. */
function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

const combinations = PLATFORMS.flatMap((platform) =>
  SOCKET_PLATFORMS.map((sockets) => [sockets.name, platform.name, platform, sockets] as const),
);

describe.each(combinations)('%s on %s', (_sockets, _platform, platform, sockets) => {
  let running: RunningApp;
  let client: SocketClient;
  const log = new Log();

  beforeAll(async () => {
    running = await platform.create(App, {
      nest: { logger: log },
      configure: (app) => void app.useWebSocketAdapter(sockets.adapter(app)),
    });
    client = await sockets.connect(running.url);
  });
  afterAll(async () => {
    client.close();
    await running.close();
  });
  beforeEach(() => {
    client.received.splice(0);
    log.errors.splice(0);
  });

  const ask = async (event: string, data: unknown = '') => {
    client.received.splice(0);
    client.send(event, data);
    await eventually(() => client.received.length > 0);
    const [answer] = client.received;
    expect(JSON.stringify(answer)).not.toMatch(SECRET);
    return answer!;
  };

  it('answers every error with the event `exception` in the shape of Nest', async () => {
    for (const [kind, answer] of Object.entries(ANSWERS)) {
      expect(await ask('fail', kind)).toEqual({
        event: 'exception',
        data: {
          status: 'error',
          correlationId: expect.any(String),
          ...answer,
          cause: { pattern: 'fail', data: kind },
        },
      });
    }
    expect(log.errors).toHaveLength(2);
    expect(log.errors[0]).toMatch(/message fail failed \(correlation id .{36}\)/);
    expect(log.errors.join()).not.toContain('+49171');
  });

  it('sends what the author of a WsException wrote, and no error inside of it', async () => {
    expect((await ask('fail', 'ws text')).data).toMatchObject({ message: 'closed on Sundays' });
    expect((await ask('fail', 'ws error')).data).toMatchObject(ANSWERS['sql']!);
  });

  it('answers Observables, guards and payloads that break the rules', async () => {
    expect((await ask('stream')).data).toMatchObject(ANSWERS['sql']!);
    expect((await ask('guarded')).data).toMatchObject({ code: 'FORBIDDEN' });
    expect((await ask('buy', { points: 0 })).data).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'points', message: 'points must not be less than 1' }],
    });
    expect(await ask('buy', { points: 5 })).toEqual({ event: 'bought', data: { points: 5 } });
    expect(await ask('alive')).toEqual({ event: 'alive', data: {} });
  });

  it.each(['value', 'stream'])('answers although it cannot send its reply: %s', async (kind) => {
    expect((await ask('odd reply', kind)).data).toMatchObject(ANSWERS['sql']!);
    expect(await ask('alive')).toEqual({ event: 'alive', data: {} });
  });

  it('answers a message that is nested too deep to be sent back', async () => {
    const deep = nested(50_000);
    client.sendRaw('fail', deep);
    await eventually(() => client.received.length > 0);
    expect(client.received[0]).toMatchObject({ event: 'exception', data: { status: 'error' } });
    expect(await ask('alive')).toEqual({ event: 'alive', data: {} });
  });

  it('gives each message a context of its own', async () => {
    const first = (await ask('who')).data;
    const second = (await ask('who')).data;
    expect(first['made']).toEqual(expect.any(String));
    expect(first['subscribed']).toBe(first['made']);
    expect(second['made']).not.toBe(first['made']);
  });
});
