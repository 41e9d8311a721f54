import { OwnProcess, RedisCluster, RedisSentinel, RedisServer } from '@loyalnest/testing';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileApp } from '../compile-app.js';
import { installPeers } from './upstream/install-peers.js';
import { lowestPeers, newestPeers, type PeerVersions } from './upstream/peer-versions.js';

const FOLDER = join(import.meta.dirname, 'upstream');
const PARTS = ['checked-app.ts', 'job-checks.ts', 'connection-checks.ts'];
const HOOK = pathToFileURL(join(FOLDER, 'use-peers.ts')).href;
const RUN_WITHIN_MS = 50_000;
/** A timer or a connection that is left would keep the process for longer. */
const END_WITHIN_MS = 5_000;

let program: Awaited<ReturnType<typeof compileApp>>;
let redis: RedisServer;
let sentinel: RedisSentinel;
let cluster: RedisCluster;

beforeAll(async () => {
  program = await compileApp(join(FOLDER, 'main.ts'), ['core', 'queue'], PARTS);
  redis = await RedisServer.start();
  sentinel = await RedisSentinel.start();
  cluster = await RedisCluster.start();
}, 60_000);
afterAll(async () => {
  program?.remove();
  await Promise.all([redis?.stop(), sentinel?.stop(), cluster?.stop()]);
});

it.each<[string, () => PeerVersions | Promise<PeerVersions>]>([
  ['lowest', lowestPeers],
  ['newest', newestPeers],
])(
  'the %s BullMQ and ioredis that the queue accepts are inside as it expects',
  async (_which, find) => {
    const versions = await find();
    const lines: string[] = [];
    const app = OwnProcess.start({
      name: `the checks of BullMQ ${versions.bullmq} and ioredis ${versions.ioredis}`,
      command: process.execPath,
      args: ['--import', HOOK, program.entry],
      env: {
        ...process.env,
        PEERS: await installPeers(versions),
        REDIS_URL: redis.url,
        SENTINELS: JSON.stringify({ nodes: sentinel.urls, master: sentinel.masterName }),
        CLUSTER: JSON.stringify(cluster.urls),
      },
    });
    const killAfter = (ms: number): NodeJS.Timeout => setTimeout(() => void app.kill(), ms);
    let late = killAfter(RUN_WITHIN_MS);
    app.onLine((line) => {
      lines.push(line);
      if (line !== 'all checked') return;
      clearTimeout(late);
      late = killAfter(END_WITHIN_MS);
    });
    const exit = await app.exited;
    clearTimeout(late);
    expect({ exit, lines: lines.filter((line) => !line.startsWith('ok ')) }).toEqual({
      exit: { code: 0, signal: null },
      lines: ['all checked'],
    });
  },
  90_000,
);

it('says that it needs a registry where npm reaches none', async () => {
  const nowhere = { ...process.env, npm_config_registry: 'http://127.0.0.1:9' };
  await expect(newestPeers(nowhere)).rejects.toThrow('needs a package registry');
}, 30_000);
