import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundBinary } from '../debian/fetch-debian-binary.js';
import { OwnProcess } from '../process/own-process.js';
import { ProcessEndedError } from '../process/process-ended.error.js';
import { LocalServer, type LocalServerOptions } from '../server/local-server.js';
import { findRedis } from './find-redis.js';
import { RedisWithoutTlsError } from './redis-without-tls.error.js';

export interface RedisServerOptions extends LocalServerOptions {
  /**
   * If true, every write goes to an append-only file that is synced once a second. `kill` and
   * `restart` then lose nothing that was acknowledged more than a second ago. If false, a restarted
   * server is empty. @defaultValue false
   */
  readonly appendOnly?: boolean;
  /** Eviction policy at the memory limit. @defaultValue 'noeviction' */
  readonly maxmemoryPolicy?: string;
  /** Memory limit such as `'64mb'`. @defaultValue none */
  readonly maxmemory?: string;
  /** Serves only TLS; `RedisWithoutTlsError` if the binary cannot. @defaultValue no TLS */
  readonly tls?: RedisServerTls;
  /** Further settings of redis.conf; paths are relative to the data folder. @defaultValue none */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Paths of PEM files. */
export interface RedisServerTls {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Whether clients must present a certificate of the CA. @defaultValue true */
  readonly clientCertificate?: boolean;
}

const START_WITHIN_MS = 15_000;

/**
 * A real Redis or Valkey server on 127.0.0.1.
 *
 * @example
 * const redis = await RedisServer.start();
 * const client = new Redis(redis.url);
 * await redis.kill();
 * await redis.restart();
 * await redis.stop();
 */
export class RedisServer extends LocalServer {
  private configured = false;

  private constructor(
    port: number,
    dataDir: string,
    ownsData: boolean,
    private readonly binary: FoundBinary,
    private readonly options: RedisServerOptions,
  ) {
    super(port, dataDir, ownsData);
  }

  /** @throws {@link RedisUnavailableError} if the machine has no Redis and cannot fetch one */
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
    return `${this.options.tls ? 'rediss' : 'redis'}://${this.host}:${this.port}`;
  }

  protected async launch(): Promise<OwnProcess> {
    const { appendOnly = false, maxmemoryPolicy = 'noeviction', maxmemory = '0' } = this.options;
    const settings: Record<string, string> = {
      bind: this.host,
      ...listening(this.port, this.options.tls),
      dir: this.dataDir,
      daemonize: 'no',
      save: '',
      appendonly: appendOnly ? 'yes' : 'no',
      appendfsync: 'everysec',
      maxmemory,
      'maxmemory-policy': maxmemoryPolicy,
      ...this.options.settings,
    };
    const file = join(this.dataDir, 'redis.conf');
    // Written once: later changes by CONFIG REWRITE, which Sentinel uses, must survive a restart.
    if (!this.configured) await writeFile(file, Object.entries(settings).map(configLine).join(''));
    this.configured = true;
    const redis = OwnProcess.start({
      name: `Redis on port ${this.port}`,
      command: this.binary.path,
      args: [file],
      env: { ...process.env, ...this.binary.env },
      cwd: this.dataDir,
    });
    try {
      await redis.waitForLine(/ready to accept connections/i, START_WITHIN_MS);
    } catch (error) {
      if (lacksTls(error)) throw new RedisWithoutTlsError(this.binary.path, error);
      throw error;
    }
    return redis;
  }
}

function lacksTls(error: unknown): boolean {
  if (!(error instanceof ProcessEndedError)) return false;
  return /'tls-port [^]*bad directive/i.test(error.lastLines.join('\n'));
}

/** Quotes only empty values and paths, because other settings may have several words. */
function configLine([name, value]: readonly [string, string]): string {
  return `${name} ${value === '' || value.startsWith('/') ? JSON.stringify(value) : value}\n`;
}

function listening(port: number, tls: RedisServerTls | undefined): Record<string, string> {
  if (!tls) return { port: String(port) };
  return {
    port: '0',
    'tls-port': String(port),
    'tls-ca-cert-file': tls.caFile,
    'tls-cert-file': tls.certFile,
    'tls-key-file': tls.keyFile,
    'tls-auth-clients': tls.clientCertificate === false ? 'no' : 'yes',
  };
}
