import { Redis } from 'ioredis';
import { eventually } from '../eventually/eventually.js';
import { freePort } from '../network/free-port.js';
import { RedisServer, type RedisServerOptions } from './redis-server.js';
import { ServerGroup } from './server-group.js';

export type RedisClusterOptions = Pick<RedisServerOptions, 'appendOnly' | 'settings'>;

const MASTERS = 3;
const SLOTS = 16_384;
/** A cluster node refuses writes in its first 2 s; the rest is the time that gossip takes. */
const READY_WITHIN = '15s';

/**
 * A Redis Cluster of three masters without replicas on 127.0.0.1. Like Redis by default, it serves no
 * command while one of them is down. Needs Redis 7.
 */
export class RedisCluster extends ServerGroup {
  protected readonly servers: readonly RedisServer[];

  private constructor(readonly nodes: readonly RedisServer[]) {
    super();
    this.servers = nodes;
  }

  /** Resolves when every node reports a complete cluster, after about 2.3 s. */
  static async start(options: RedisClusterOptions = {}): Promise<RedisCluster> {
    const buses = await Promise.all(Array.from({ length: MASTERS }, freePort));
    const started = await Promise.allSettled(
      buses.map((bus) =>
        RedisServer.start({ ...options, settings: { ...nodeSettings(bus), ...options.settings } }),
      ),
    );
    const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const cluster = new RedisCluster(nodes);
    try {
      for (const result of started) if (result.status === 'rejected') throw result.reason;
      await cluster.join(buses);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get urls(): readonly string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** The node that holds `key`, by the slots that were assigned at the start. */
  async ownerOf(key: string): Promise<RedisServer> {
    const slot = await withClient(this.nodes[0]!, (client) => client.cluster('KEYSLOT', key));
    return this.nodes.find((_node, i) => slot <= slotsOf(i)[1])!;
  }

  /** Resolves when every node reports that all slots are served. */
  async ready(): Promise<void> {
    await Promise.all(
      this.nodes.map((node) =>
        withClient(node, (client) =>
          eventually(async () => (await client.cluster('INFO')).includes('cluster_state:ok'), {
            within: READY_WITHIN,
            what: `a complete cluster, seen from port ${node.port}`,
          }),
        ),
      ),
    );
  }

  /** Restarts all nodes with their data and waits until the cluster is complete. */
  async restart(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.restart()));
    await this.ready();
  }

  private async join(buses: readonly number[]): Promise<void> {
    await Promise.all(
      this.nodes.map((node, i) =>
        withClient(node, async (client) => {
          // With distinct epochs the nodes need no time to agree on them.
          await client.cluster('SET-CONFIG-EPOCH', i + 1);
          await client.call('CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(i));
          for (const [other, { host, port }] of this.nodes.entries()) {
            if (other !== i) await client.call('CLUSTER', 'MEET', host, port, buses[other]!);
          }
        }),
      ),
    );
    await this.ready();
  }
}

function nodeSettings(bus: number): Record<string, string> {
  return {
    'cluster-enabled': 'yes',
    'cluster-config-file': 'nodes.conf',
    'cluster-node-timeout': '1000',
    'cluster-port': String(bus),
  };
}

function slotsOf(index: number): readonly [first: number, last: number] {
  const slots = Math.ceil(SLOTS / MASTERS);
  return [index * slots, Math.min(SLOTS, (index + 1) * slots) - 1];
}

async function withClient<T>(node: RedisServer, task: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(node.url, { commandTimeout: 5_000 });
  client.on('error', () => undefined);
  try {
    return await task(client);
  } finally {
    client.disconnect();
  }
}
