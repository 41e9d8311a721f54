import { OptionError } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import type { RedisOptions } from 'ioredis';
import {
  OWN_REDIS_OPTIONS,
  type MoreRedisOptions,
  type NatMap,
  type RedisClusterOptions,
  type RedisConnectionOptions,
  type RedisSentinelOptions,
} from './connection.options.js';
import { parseRedisAddress, type RedisAddress } from './redis-address.js';
import { checkTls } from './tls-check.js';

/** Where Redis is, in the form that ioredis takes. */
export type RedisTarget =
  | { readonly kind: 'single' | 'sentinel'; readonly redis: RedisOptions }
  | {
      readonly kind: 'cluster';
      readonly redis: RedisOptions;
      readonly nodes: readonly { readonly host: string; readonly port: number }[];
      readonly natMap?: NatMap;
    };

const KINDS = ['url', 'cluster', 'sentinel'] as const;

/**
 * Checks the connection options and turns them into options of ioredis.
 *
 * @throws OptionError for an invalid option
 */
export function resolveTarget(options: RedisConnectionOptions, prefix: string): RedisTarget {
  const given = KINDS.filter((kind) => options[kind] !== undefined);
  if (given.length > 1) {
    throw new OptionError('queue', given, 'set only one of them');
  }
  checkMore(options.redis ?? {});
  checkPrefix(prefix);
  if (options.cluster !== undefined) return cluster(options.cluster, options, prefix);
  if (options.sentinel !== undefined) return sentinel(options.sentinel, options);
  if (given.length === 0) {
    throw new OptionError(
      'queue.url',
      undefined,
      'use an address such as redis://localhost:6379, or one of cluster and sentinel',
    );
  }
  const { tls: secure, ...address } = parseRedisAddress('queue.url', options.url);
  const tls = checkTls(options.tls, secure);
  return { kind: 'single', redis: { ...options.redis, ...address, ...tls } };
}

function cluster(
  { nodes, natMap }: RedisClusterOptions,
  options: RedisConnectionOptions,
  prefix: string,
): RedisTarget {
  if (options.redis?.db) {
    throw new OptionError(
      'queue.redis.db',
      options.redis.db,
      'leave it out: a cluster only has database 0',
    );
  }
  // https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
  if (!/^[^{]*\{[^}]+\}/.test(prefix)) {
    throw new OptionError(
      'queue.prefix',
      prefix,
      `put it in braces, such as '{${prefix.replace(/[{}]/g, '') || 'loyalnest'}}': ` +
        'all keys of a queue must be in one slot of the cluster',
    );
  }
  const addresses = parseNodes('queue.cluster.nodes', nodes, 6379);
  const { tls: secure, username, password } = addresses[0]!;
  return {
    kind: 'cluster',
    nodes: addresses.map(({ host, port }) => ({ host, port })),
    redis: {
      ...options.redis,
      ...(username && { username }),
      ...(password && { password }),
      ...checkTls(options.tls, secure),
    },
    ...(natMap && { natMap: checkNatMap('queue.cluster.natMap', natMap) }),
  };
}

function sentinel(
  { nodes, master, username, password, natMap }: RedisSentinelOptions,
  options: RedisConnectionOptions,
): RedisTarget {
  const addresses = parseNodes('queue.sentinel.nodes', nodes, 26379);
  if (typeof master !== 'string' || master === '') {
    throw new OptionError('queue.sentinel.master', master, "name the master, such as 'mymaster'");
  }
  const { tls: secure, ...first } = addresses[0]!;
  const { tls } = checkTls(options.tls, secure);
  return {
    kind: 'sentinel',
    redis: {
      ...options.redis,
      sentinels: addresses.map(({ host, port }) => ({ host, port })),
      name: master,
      ...(first.username && { sentinelUsername: first.username }),
      ...(first.password && { sentinelPassword: first.password }),
      ...(username && { username }),
      ...(password && { password }),
      ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
      ...(natMap && { natMap: checkNatMap('queue.sentinel.natMap', natMap) }),
    },
  };
}

/** Requires at least one address, and the same scheme and credentials for all. */
function parseNodes(path: string, nodes: unknown, defaultPort: number): RedisAddress[] {
  if (!Array.isArray(nodes) || nodes.length === 0) {
    throw new OptionError(path, nodes, `list addresses such as 'redis://localhost:${defaultPort}'`);
  }
  const addresses = nodes.map((node, i) => parseRedisAddress(`${path}[${i}]`, node, defaultPort));
  const [first] = addresses;
  addresses.forEach((address, i) => {
    const shown = `${address.host}:${address.port}`;
    const refuse = (remedy: string): never => {
      throw new OptionError(`${path}[${i}]`, shown, remedy);
    };
    if (address.db !== undefined) refuse('leave out the database number');
    if (address.family !== undefined) refuse('set family in the redis option instead');
    if (address.tls !== first!.tls) refuse('use redis:// for all nodes, or rediss:// for all');
    if (address.username !== first!.username || address.password !== first!.password) {
      refuse('use the same user and password for all nodes');
    }
  });
  return addresses;
}

function checkPrefix(prefix: unknown): void {
  if (typeof prefix === 'string' && prefix.trim() !== '') return;
  throw new OptionError('queue.prefix', prefix, "use a non-empty string such as '{loyalnest}'");
}

function checkNatMap(path: string, natMap: NatMap): NatMap {
  if (typeof natMap !== 'object') {
    throw new OptionError(
      path,
      natMap,
      "map each 'host:port' that Redis announces to { host, port }",
    );
  }
  for (const [from, to] of Object.entries(natMap)) {
    if (/:\d+$/.test(from) && typeof to?.host === 'string' && Number.isInteger(to.port)) continue;
    throw new OptionError(
      `${path}['${from}']`,
      to,
      "map each 'host:port' that Redis announces to { host, port }",
    );
  }
  return natMap;
}

function checkMore(redis: MoreRedisOptions): void {
  if (typeof redis !== 'object') {
    throw new OptionError('queue.redis', typeof redis, 'use an object with ioredis options');
  }
  if (redis.db !== undefined) wholeNumber('queue.redis.db', redis.db);
  for (const name of OWN_REDIS_OPTIONS) {
    if (!(name in redis)) continue;
    const remedy =
      name === 'tls'
        ? 'use the tls option of QueueModule.forRoot'
        : name === 'keyPrefix'
          ? 'use the prefix option of QueueModule.forRoot'
          : 'leave it out; forRoot sets it from url, cluster or sentinel, and producerTimeout';
    // Do not show the value: it may be a secret.
    throw new OptionError(`queue.redis.${name}`, '(set)', remedy);
  }
}
