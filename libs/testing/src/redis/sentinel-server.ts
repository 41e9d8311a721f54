import { Redis } from 'ioredis';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundBinary } from '../debian/fetch-debian-binary.js';
import { OwnProcess } from '../process/own-process.js';
import { LocalServer } from '../server/local-server.js';
import { findRedis } from './find-redis.js';

const START_WITHIN_MS = 15_000;
/** The default periods of 1 to 10 s are too long to detect a failure within half a second. */
const PERIODS_MS = [
  'ping-period',
  100,
  'info-period',
  200,
  'ask-period',
  100,
  'publish-period',
  200,
];

/** One Redis Sentinel. Its configuration names the master and the other Sentinels. Needs Redis 7. */
export class SentinelServer extends LocalServer {
  private configured = false;

  private constructor(
    port: number,
    dataDir: string,
    ownsData: boolean,
    private readonly binary: FoundBinary,
    private readonly config: readonly string[],
  ) {
    super(port, dataDir, ownsData);
  }

  /** @param config lines of sentinel.conf */
  static async start(port: number, config: readonly string[]): Promise<SentinelServer> {
    const binary = await findRedis();
    return LocalServer.startOnFreePort(
      'sentinel',
      { port },
      (at, dataDir, ownsData) => new SentinelServer(at, dataDir, ownsData, binary, config),
    );
  }

  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  protected async launch(): Promise<OwnProcess> {
    const file = join(this.dataDir, 'sentinel.conf');
    // Written once: the Sentinel stores in it which server is the master.
    if (!this.configured) {
      const own = [`port ${this.port}`, `bind ${this.host}`, `dir ${this.dataDir}`];
      await writeFile(file, [...own, ...this.config, ''].join('\n'));
    }
    this.configured = true;
    const sentinel = OwnProcess.start({
      name: `Sentinel on port ${this.port}`,
      command: this.binary.path,
      args: [file, '--sentinel'],
      env: { ...process.env, ...this.binary.env },
      cwd: this.dataDir,
    });
    await sentinel.waitForLine(/\+monitor master/, START_WITHIN_MS);
    const client = new Redis(this.port, this.host, { commandTimeout: START_WITHIN_MS });
    client.on('error', () => undefined);
    await client.call('SENTINEL', 'DEBUG', ...PERIODS_MS);
    client.disconnect();
    return sentinel;
  }
}
