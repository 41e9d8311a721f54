import { eventually } from '@loyalnest/testing';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connectionOf, type OpenConnection } from '../../test/open-connection.js';
import { OpenResponses } from './open-responses.js';

let open: OpenResponses;
let server: Server;
let response: ServerResponse;
let client: OpenConnection;

beforeEach(async () => {
  open = new OpenResponses();
  server = createServer((_req, res) => {
    open.add(res);
    response = res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: first\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = await connectionOf(server);
  client.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await eventually(() => client.received.includes('data: first'));
});

afterEach(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

const comments = (): number => client.received.match(/^:\n/gm)?.length ?? 0;

/** Two calls: the first one only learns how much was sent. */
function silence(): void {
  open.sendHeartbeats();
  open.sendHeartbeats();
}

it('sends a comment on a stream that was silent between two calls', async () => {
  silence();
  await eventually(() => comments() === 1);
  open.sendHeartbeats();
  response.write('data: second\n\n');
  await eventually(() => client.received.includes('second'));
  const before = comments();
  open.sendHeartbeats();
  response.write('data: third\n\n');
  await eventually(() => client.received.includes('third'));
  expect(comments()).toBe(before);
});

it.each<[string, string | Buffer]>([
  ['text', 'data: half and '],
  ['bytes', Buffer.from('data: half and ')],
])('sends no comment inside a line of %s', async (_what, half) => {
  silence();
  await eventually(() => comments() === 1);
  response.write(half);
  await eventually(() => client.received.includes('half and '));
  for (let i = 0; i < 4; i++) open.sendHeartbeats();
  response.write('half\n');
  await eventually(() => client.received.includes('half\n'));
  expect(comments()).toBe(1);
  // Between the lines of one event, a comment changes nothing.
  silence();
  await eventually(() => comments() >= 2);
});

it('sends no comment inside a line that began before the first heartbeat', async () => {
  const browser = await connectionOf(server);
  browser.send('GET / HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\n\r\n');
  await eventually(() => browser.received.includes('data: first'));
  response.write('data: half and ');
  await eventually(() => browser.received.includes('half and '));
  silence();
  response.write('half\n\n');
  await eventually(() => browser.received.includes('half\n\n'));
  expect(browser.received).not.toMatch(/^:\n/m);
  browser.close();
});

it('knows which connections may be silent', () => {
  const { socket } = response;
  expect(open.maySilentlyStay(socket!)).toBe(true);
  response.end();
});

it('forgets a response that has closed', async () => {
  const socket = response.socket!;
  response.end('data: last\n\n');
  await eventually(() => client.received.includes('last'));
  await eventually(() => !open.maySilentlyStay(socket));
});
