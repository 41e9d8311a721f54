import { currentContext, type DeadlineSource } from '@loyalnest/core';
import { CorrelationModule } from '@loyalnest/correlation';
import { ProblemDetailsModule, RequestDeadlineModule } from '@loyalnest/http';
import { eventually, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import { Controller, Get, Module } from '@nestjs/common';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const BLOCKED_MS = 400;

forEachPlatform((platform) => {
  const begun: { leftMs: number; source: DeadlineSource }[] = [];
  let running: RunningApp;
  let socket: Socket;
  let received: string;

  @Controller()
  class Routes {
    @Get()
    note(): string {
      const { remainingMs, source } = currentContext()!.deadline!;
      begun.push({ leftMs: remainingMs, source });
      return 'done';
    }
  }

  @Module({
    imports: [
      CorrelationModule.forRoot({ defaultTimeout: '1h' }),
      ProblemDetailsModule.forRoot({}),
      RequestDeadlineModule.forRoot({}),
    ],
    controllers: [Routes],
  })
  class App {}

  const send = (headers = ''): boolean =>
    socket.write(`GET / HTTP/1.1\r\nhost: a\r\n${headers}\r\n`);

  /** The request has arrived when the block begins, and nobody can read it before its end. */
  const sendToBusyProcess = (headers: string): void => {
    received = '';
    send(headers);
    const until = performance.now() + BLOCKED_MS;
    while (performance.now() < until);
  };

  beforeEach(async () => {
    running = await platform.create(App);
    const { hostname, port } = new URL(running.url);
    socket = connect(Number(port), hostname).setEncoding('latin1');
    received = '';
    socket.on('data', (text: string) => (received += text));
    await once(socket, 'connect');
    send();
    await eventually(() => received.includes('done'));
    begun.length = 0;
  });

  afterEach(async () => {
    socket.destroy();
    await running.close();
  });

  it('answers 504 at once if the deadline has passed while the process was busy', async () => {
    sendToBusyProcess('x-request-timeout-ms: 300\r\n');
    await eventually(() => received.includes('HTTP/1.1 504'));
    expect(begun).toEqual([]);
  });

  it.each<[DeadlineSource, string, number]>([
    ['caller', 'x-request-timeout-ms: 3000000\r\n', 3_000_000],
    ['own', '', 3_600_000],
  ])('subtracts the wait from a deadline of the kind %s', async (source, headers, allowedMs) => {
    sendToBusyProcess(headers);
    await eventually(() => received.includes('done'));
    expect(begun).toMatchObject([{ source }]);
    expect(begun[0]!.leftMs).toBeLessThan(allowedMs - BLOCKED_MS * 0.9);
  });
});
