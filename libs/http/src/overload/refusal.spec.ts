import { FakeClock } from '@loyalnest/core/testing';
import { eventually } from '@loyalnest/testing';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connectionOf, type OpenConnection } from '../../test/open-connection.js';
import { Refusal } from './refusal.js';

const MIB = 1_024 * 1_024;
const ANSWER = /^HTTP\/1\.1 503 Service Unavailable\r\n[^]*"code":"OVERLOADED"[^]*\}$/;

let clock: FakeClock;
let server: Server;
let requests: IncomingMessage[];
let connection: OpenConnection;

beforeEach(async () => {
  clock = new FakeClock();
  requests = [];
  const refusal = new Refusal(2_000, clock);
  server = createServer((req, res) => {
    requests.push(req);
    if (req.url === '/served') res.end('served');
    else refusal.answer(req, res);
  });
  server.on('checkContinue', (req, res) => server.emit('request', req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  connection = await connectionOf(server);
});

afterEach(() => {
  connection.close();
  server.closeAllConnections();
  server.close();
});

const post = (more: string): string => `POST / HTTP/1.1\r\nhost: a\r\n${more}\r\n`;

it('serves the next request of the connection after a small body', async () => {
  connection.send(`${post('content-length: 4\r\n')}{"a"`);
  connection.send('GET /served HTTP/1.1\r\nhost: a\r\n\r\n');
  await eventually(() => expect(connection.received).toMatch(/served$/));
  expect(connection.received).toContain('503 Service Unavailable');
});

it('answers before a large body has arrived, and closes without reading it', async () => {
  connection.send(post(`content-length: ${100 * MIB}\r\n`));
  await eventually(() => expect(connection.received).toMatch(ANSWER));
  expect(connection.received).toContain('connection: close');
  const sent = connection.pour(100 * MIB);
  await connection.closed;
  expect(await sent).toBeLessThan(20 * MIB);
  expect(connection.received).toMatch(ANSWER);
});

it('closes the connection of a client that sends nothing more', async () => {
  const stubborn = await connectionOf(server, { allowHalfOpen: true });
  stubborn.send(`${post('transfer-encoding: chunked\r\n')}1\r\na\r\n`);
  await eventually(() => expect(stubborn.received).toMatch(ANSWER));
  await eventually(() => expect(stubborn.hasEnded).toBe(true));
  await clock.advance(999);
  expect(requests[0]!.socket.destroyed).toBe(false);
  await clock.advance(1);
  await eventually(() => expect(requests[0]!.socket.destroyed).toBe(true));
  expect(clock.pendingTimers).toBe(0);
  stubborn.close();
});

it('closes the connection if a small body does not end', async () => {
  connection.send(`${post('content-length: 4\r\n')}{`);
  await eventually(() => expect(connection.received).toMatch(ANSWER));
  expect(connection.received).not.toContain('connection: close');
  await eventually(() => expect(clock.pendingTimers).toBe(1));
  await clock.advance(999);
  expect(requests[0]!.socket.destroyed).toBe(false);
  await clock.advance(1);
  await connection.closed;
});

it('takes no next request for the body that a client was not invited to send', async () => {
  connection.send(post('content-length: 4\r\nexpect: 100-continue\r\n'));
  await connection.closed;
  expect(connection.received).toMatch(ANSWER);
  expect(connection.received).toContain('connection: close');
});

it('closes the connection as soon as the body has ended', async () => {
  connection.send(`${post('transfer-encoding: chunked\r\n')}1\r\na\r\n0\r\n\r\n`);
  await connection.closed;
  expect(connection.received).toMatch(ANSWER);
  expect(clock.pendingTimers).toBe(0);
});

it('forgets a client that leaves in the middle of its body', async () => {
  connection.send(post(`content-length: ${MIB}\r\n`));
  await eventually(() => expect(requests).toHaveLength(1));
  connection.close();
  await eventually(() => expect(requests[0]!.socket.destroyed).toBe(true));
  await eventually(() => expect(clock.pendingTimers).toBe(0));
});

it('varies Retry-After around its mean, so that callers do not return at the same time', async () => {
  for (let i = 0; i < 40; i++) connection.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  const values = await eventually(() => {
    const found = [...connection.received.matchAll(/retry-after: (\d+)/g)].map(([, s]) => s);
    expect(found).toHaveLength(40);
    return found;
  });
  expect(new Set(values)).toEqual(new Set(['1', '2', '3']));
});
