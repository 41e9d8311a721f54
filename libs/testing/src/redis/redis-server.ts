import { mkdir } from 'node:fs/promises';
import { OwnProcess } from '../process/own-process.js';
import { LocalServer, type LocalServerOptions } from '../server/local-server.js';
import { findRedis } from './find-redis.js';
import type { RedisBinary } from './redis-binary.js';

export interface RedisServerOptions extends LocalServerOptions {
  /**
   * True: every write goes to an append-only file, synced once a second, so that `kill` and
   * `restart` lose nothing that was acknowledged more than a second ago. False: a restarted server
   * is empty. @defaultValue false
   */
  readonly appendOnly?: boolean;
  /** What happens at the memory limit. @defaultValue 'noeviction' */
  readonly maxmemoryPolicy?: string;
  /** Memory limit such as `'64mb'`. @defaultValue none */
  readonly maxmemory?: string;
}

const START_WITHIN_MS = 15_000;

/**
 * A real Redis (or Valkey) of its own on 127.0.0.1.
 *
 * @example
 * const redis = await RedisServer.start();
 * const client = new Redis(redis.url);
 * await redis.kill();
 * await redis.restart();
 * await redis.stop();
 */
export class RedisServer extends LocalServer {
  private constructor(
    port: number,
    dataDir: string,
    ownsData: boolean,
    private readonly binary: RedisBinary,
    private readonly options: RedisServerOptions,
  ) {
    super(port, dataDir, ownsData);
  }

  /** @throws {@link RedisUnavailableError} where no Redis can be had on this machine. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const binary = await findRedis();
    if (options.dataDir !== undefined) await mkdir(options.dataDir, { recursive: true });
    return LocalServer.startOnFreePort(
      'redis',
      options,
      (port, dataDir, ownsData) => new RedisServer(port, dataDir, ownsData, binary, options),
    );
  }

  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  protected async launch(): Promise<OwnProcess> {
    const { appendOnly = false, maxmemoryPolicy = 'noeviction', maxmemory = '0' } = this.options;
    const settings: Record<string, string> = {
      bind: this.host,
      port: String(this.port),
      dir: this.dataDir,
      daemonize: 'no',
      save: '',
      appendonly: appendOnly ? 'yes' : 'no',
      appendfsync: 'everysec',
      maxmemory,
      'maxmemory-policy': maxmemoryPolicy,
    };
    const redis = OwnProcess.start({
      name: `Redis on port ${this.port}`,
      command: this.binary.path,
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      env: { ...process.env, ...this.binary.env },
      cwd: this.dataDir,
    });
    await redis.waitForLine(/ready to accept connections/i, START_WITHIN_MS);
    return redis;
  }
}
