import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { eventually } from '../eventually/eventually.js';
import { freePort } from '../network/free-port.js';
import type { LocalServer } from '../server/local-server.js';
import { RedisServer, type RedisServerOptions } from './redis-server.js';
import { SentinelServer } from './sentinel-server.js';
import { ServerGroup } from './server-group.js';

export interface RedisSentinelOptions extends Pick<RedisServerOptions, 'appendOnly' | 'settings'> {
  /** How long the master must be silent before a Sentinel considers it down. @defaultValue 500 */
  readonly downAfterMs?: number;
}

const SENTINELS = 3;
const QUORUM = 2;
const READY_WITHIN = { within: '15s' } as const;

/**
 * A Redis master with one replica and three Sentinels on 127.0.0.1. The Sentinels promote the replica
 * about a second after the master becomes silent. Needs Redis 7.
 */
export class RedisSentinel extends ServerGroup {
  readonly masterName = 'loyalnest';
  protected readonly servers: readonly LocalServer[];

  private constructor(
    /** The two Redis servers; the first one starts as the master. */
    readonly redis: readonly RedisServer[],
    readonly sentinels: readonly SentinelServer[],
  ) {
    super();
    this.servers = [...redis, ...sentinels];
  }

  /** Resolves when the replica follows its master and the Sentinels know one another. */
  static async start(options: RedisSentinelOptions = {}): Promise<RedisSentinel> {
    const { appendOnly = false, downAfterMs = 500 } = options;
    const redis: RedisServer[] = [];
    const sentinels: SentinelServer[] = [];
    try {
      const settings = {
        'repl-diskless-sync': 'yes',
        'repl-diskless-sync-delay': '0',
        ...options.settings,
      };
      const master = await RedisServer.start({ appendOnly, settings });
      redis.push(master);
      const replicaof = `${master.host} ${master.port}`;
      redis.push(await RedisServer.start({ appendOnly, settings: { ...settings, replicaof } }));
      const peers = await Promise.all(Array.from({ length: SENTINELS }, newPeer));
      const config = configOf('loyalnest', redis, downAfterMs);
      const started = await Promise.allSettled(
        peers.map(({ port, id }) => {
          const others = peers
            .filter((peer) => peer.id !== id)
            .map((peer) => `sentinel known-sentinel loyalnest 127.0.0.1 ${peer.port} ${peer.id}`);
          return SentinelServer.start(port, [`sentinel myid ${id}`, ...config, ...others]);
        }),
      );
      for (const result of started) if (result.status === 'fulfilled') sentinels.push(result.value);
      for (const result of started) if (result.status === 'rejected') throw result.reason;
      const group = new RedisSentinel(redis, sentinels);
      await group.ready();
      return group;
    } catch (error) {
      await Promise.all([...redis, ...sentinels].map((server) => server.stop()));
      throw error;
    }
  }

  get urls(): readonly string[] {
    return this.sentinels.map(({ url }) => url);
  }

  /** The server that most Sentinels currently name as the master. */
  async master(): Promise<RedisServer> {
    const ports = await Promise.all(
      this.sentinels
        .filter(({ pid }) => pid !== undefined)
        .map((sentinel) =>
          withClient(sentinel, async (client) => {
            const address = await client.call(
              'SENTINEL',
              'GET-MASTER-ADDR-BY-NAME',
              this.masterName,
            );
            return Number((address as string[])[1]);
          }),
        ),
    );
    const votes = (port: number): number => ports.filter((vote) => vote === port).length;
    const [master] = this.redis.toSorted((a, b) => votes(b.port) - votes(a.port));
    return master!;
  }

  /** Makes the Sentinels promote the replica although the master is healthy. */
  async failOver(): Promise<void> {
    await withClient(this.sentinels[0]!, (client) =>
      client.call('SENTINEL', 'FAILOVER', this.masterName),
    );
  }

  /** Resolves when a failover would succeed: the replica is in sync and the Sentinels can vote. */
  async ready(): Promise<void> {
    await eventually(
      async () => {
        const master = await this.master();
        return withClient(master, async (client) => {
          const replication = await client.info('replication');
          return /role:master/.test(replication) && /slave0:.*state=online/.test(replication);
        });
      },
      { ...READY_WITHIN, what: 'synchronization of the replica' },
    );
    await Promise.all(
      this.sentinels.map((sentinel) =>
        withClient(sentinel, (client) =>
          eventually(() => isHealthy(client, this.masterName), {
            ...READY_WITHIN,
            what: `discovery of the other Sentinels from port ${sentinel.port}`,
          }),
        ),
      ),
    );
  }

  /** Restarts all servers with their data. The Sentinels remember which one is the master. */
  async restart(): Promise<void> {
    for (const server of this.servers) await server.restart();
    await this.ready();
  }
}

async function newPeer(): Promise<{ readonly port: number; readonly id: string }> {
  return { port: await freePort(), id: randomBytes(20).toString('hex') };
}

function configOf(name: string, redis: readonly RedisServer[], downAfterMs: number): string[] {
  const [master, ...replicas] = redis;
  return [
    `sentinel monitor ${name} 127.0.0.1 ${master!.port} ${QUORUM}`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} 2000`,
    ...replicas.map(({ port }) => `sentinel known-replica ${name} 127.0.0.1 ${port}`),
  ];
}

async function isHealthy(client: Redis, name: string): Promise<boolean> {
  const quorum = (await client.call('SENTINEL', 'CKQUORUM', name)) as string;
  const master = pairs((await client.call('SENTINEL', 'MASTER', name)) as string[]);
  const replicas = (await client.call('SENTINEL', 'REPLICAS', name)) as string[][];
  return (
    quorum.startsWith(`OK ${SENTINELS} `) &&
    master.get('flags') === 'master' &&
    replicas.some((replica) => pairs(replica).get('master-link-status') === 'ok')
  );
}

function pairs(flat: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]),
  );
}

async function withClient<T>(server: LocalServer, task: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.port, server.host, { commandTimeout: 5_000 });
  client.on('error', () => undefined);
  try {
    return await task(client);
  } finally {
    client.disconnect();
  }
}
