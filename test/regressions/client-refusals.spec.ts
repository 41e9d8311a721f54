import { runInContext } from '@loyalnest/core';
import { classifyError } from '@loyalnest/core/toolkit';
import { contextFetch } from '@loyalnest/http';
import { PostgresServer } from '@loyalnest/testing';
import axios from 'axios';
import { createServer, type Server } from 'node:http';
import {
  connect,
  createServer as createHttp2Server,
  type ClientHttp2Session,
  type Http2Server,
} from 'node:http2';
import type { AddressInfo, Server as NetServer } from 'node:net';
import pg from 'pg';

async function listen(server: NetServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The outcome, or the reason of a neutral one, and `again` if the call may be retried. */
async function verdictOn(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    const { outcome, reason, retryable } = classifyError(error);
    return `${reason ?? outcome}${retryable ? ' again' : ''}`;
  }
  return 'answered';
}

describe('headers that HTTP/2 does not allow', () => {
  let server: Http2Server;
  let session: ClientHttp2Session;
  beforeAll(async () => {
    server = createHttp2Server((_request, response) => void response.end());
    session = connect(await listen(server));
  });
  afterAll(() => {
    session.destroy();
    server.close();
  });

  it.each<[string, object]>([
    ['of the connection', { connection: 'close' }],
    ['that come twice', { 'content-type': ['a', 'b'] }],
    ['that are no pseudo-headers', { ':shop': 'a' }],
  ])('%s do not count against the server, and are not repeated', async (_which, headers) => {
    const send = () => session.request({ ':path': '/', ...headers });
    expect(await verdictOn(send)).toBe('programming-error');
    // undici and got wrap the error.
    for (const code of ['UND_ERR_INFO', 'ERR_HTTP2_INVALID_CONNECTION_HEADERS']) {
      const wrapped = () => {
        try {
          send();
        } catch (cause) {
          throw Object.assign(new Error('wrapped', { cause }), { code });
        }
      };
      expect(await verdictOn(wrapped)).toBe('programming-error');
    }
  });
});

it('more parameters than PostgreSQL can count do not count against it', async () => {
  const server = await PostgresServer.start();
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  const ask = (count: number) => () => {
    const values = Array.from({ length: count }, (_none, i) => i);
    const list = values.map((i) => `$${i + 1}::int`).join();
    return client.query(`SELECT 1 WHERE 1 IN (${list})`, values);
  };
  expect(await verdictOn(ask(65_536))).toBe('success');
  expect(await verdictOn(ask(70_000))).toBe('success');
  expect(await verdictOn(ask(2))).toBe('answered');
  await client.end();
  await server.stop();
});

describe('an answer that no client can use', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/loop') return response.writeHead(302, { location: '/loop' }).end();
      if (request.url === '/ftp') return response.writeHead(302, { location: 'ftp://a/' }).end();
      if (request.url === '/cut') {
        return request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut');
      }
      response.setHeader('content-encoding', request.url!.slice(1));
      return response.end('neither of them');
    });
    url = await listen(server);
  });
  afterAll(() => server.close());

  const CLIENTS: readonly (readonly [string, (target: string) => unknown])[] = [
    ['fetch', async (target) => (await fetch(target)).text()],
    ['axios', (target) => axios.get(target)],
    [
      'contextFetch',
      (target) =>
        runInContext({ correlationId: 'order-7' }, async () =>
          (await contextFetch({ origins: [url] })(target)).text(),
        ),
    ],
  ];

  it.each(CLIENTS)('of %s is a failure, and one that broke off is retried', async (_name, get) => {
    for (const path of ['/gzip', '/br', '/loop']) {
      expect([path, await verdictOn(() => get(`${url}${path}`))]).toEqual([path, 'failure']);
    }
    expect(await verdictOn(() => get(`${url}/cut`))).toBe('failure again');
  });

  it('is also a redirect of contextFetch to another protocol', async () => {
    const get = () =>
      runInContext({ correlationId: 'order-7' }, () =>
        contextFetch({ origins: [url] })(`${url}/ftp`),
      );
    expect(await verdictOn(get)).toBe('failure');
  });

  it('is also a redirect that the call excludes', async () => {
    const get = () => fetch(`${url}/loop`, { redirect: 'error' });
    expect(await verdictOn(get)).toBe('failure');
  });
});
