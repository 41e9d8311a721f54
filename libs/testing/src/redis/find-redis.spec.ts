import { Redis } from 'ioredis';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../network/free-port.js';
import { OwnProcess } from '../process/own-process.js';
import { createTemporaryFolder, removeTemporaryFolder } from '../process/temporary-folder.js';
import { findRedis } from './find-redis.js';
import { RedisUnavailableError } from './redis-unavailable.error.js';

const canDownload =
  spawnSync('apt-get', ['download', '--print-uris', 'redis-server'], { cwd: '/tmp' }).status === 0;

describe('findRedis', () => {
  let folder: string;

  beforeEach(() => {
    folder = createTemporaryFolder('find-redis');
  });

  afterEach(() => removeTemporaryFolder(folder));

  const pathWith = (...commands: string[]): string => {
    const path = join(folder, 'bin');
    mkdirSync(path);
    for (const command of commands) {
      const target = spawnSync('which', [command], { encoding: 'utf8' }).stdout.trim();
      symlinkSync(target || '/bin/true', join(path, command));
    }
    return path;
  };

  it('finds redis-server on PATH', async () => {
    const path = pathWith('redis-server', 'valkey-server');
    expect(await findRedis({ path })).toEqual({ path: join(path, 'redis-server'), env: {} });
  });

  it('finds valkey-server if there is no redis-server', async () => {
    const path = pathWith('valkey-server');
    expect((await findRedis({ path })).path).toBe(join(path, 'valkey-server'));
  });

  it('names the remedies if there is neither a Redis nor apt-get', async () => {
    const search = findRedis({ path: pathWith() });
    await expect(search).rejects.toBeInstanceOf(RedisUnavailableError);
    await expect(search).rejects.toThrow(/Set REDIS_URL .* or install one: `brew install redis`/);
  });

  (canDownload ? it : it.skip)(
    "fetches the distribution's package with its libraries, and that Redis works",
    async () => {
      const options = { path: pathWith('apt-get'), cache: join(folder, 'cache') };
      const binary = await findRedis(options);
      expect(binary.path.startsWith(folder)).toBe(true);
      const env = { ...process.env, ...binary.env };
      const libraries = spawnSync('ldd', [binary.path], { env, encoding: 'utf8' }).stdout;
      expect(libraries).toContain(`libjemalloc.so.2 => ${folder}`);

      const port = await freePort();
      const redis = OwnProcess.start({
        name: 'fetched Redis',
        command: binary.path,
        args: ['--port', String(port), '--save', '', '--dir', folder],
        env,
      });
      await redis.waitForLine(/ready to accept/i, 10_000);
      const client = new Redis(port);
      expect(await client.eval('return cjson.encode({1})', 0)).toBe('[1]');
      client.disconnect();
      await redis.end();
      expect(await findRedis(options)).toEqual(binary);
    },
    60_000,
  );
});
