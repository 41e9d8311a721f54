import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OptionError } from '../../options/option.error.js';
import { SideServer } from './side-server.js';

const open: SideServer[] = [];

async function listen(port = 0): Promise<SideServer> {
  const server = await SideServer.listen({
    option: 'WatchModule.port',
    port,
    host: '127.0.0.1',
    serve: (_request, response) => response.end('seen'),
  });
  open.push(server);
  return server;
}

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

it('serves on a port of its own', async () => {
  const { port } = await listen();
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('seen');
});

it('names the option when its port is taken', async () => {
  const { port } = await listen();
  const second = listen(port);
  await expect(second).rejects.toThrow(OptionError);
  await expect(second).rejects.toThrow(
    `WatchModule.port: got ${port}; use a port that is free (EADDRINUSE)`,
  );
});

it('ends idle connections when it closes', async () => {
  const server = await listen();
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  socket.on('error', () => undefined);
  server.close();
  await ended;
});

it('does not keep the process alive', async () => {
  const file = join(import.meta.dirname, '../../../dist/toolkit/side-server/side-server.js');
  const program = `const { SideServer } = await import(${JSON.stringify(file)});
    await SideServer.listen({ option: 'p', port: 0, serve: () => {} });`;
  // Rejects if the process does not end by itself.
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 10_000,
  });
});
