import { OptionError } from '@loyalnest/core';
import type { RedisConnectionOptions } from './connection.options.js';
import { resolveTarget } from './redis-target.js';

const CLUSTER = ['redis://ada:s3cret@a:1', 'redis://ada:s3cret@b'];
const SENTINEL = { nodes: ['redis://:s3cret@a', 'redis://:s3cret@b:2'], master: 'loyalnest' };

const resolve = (options: object, prefix = '{loyalnest}') =>
  resolveTarget(options as RedisConnectionOptions, prefix);

describe('the target of a connection', () => {
  it('is a single Redis, with all parts of its address', () => {
    const url = 'rediss://ada:p%40ss@[::1]:7000/3?family=6';
    expect(resolve({ url, redis: { keepAlive: 5 } })).toEqual({
      kind: 'single',
      redis: {
        host: '::1',
        port: 7000,
        username: 'ada',
        password: 'p@ss',
        db: 3,
        family: 6,
        tls: {},
        keepAlive: 5,
      },
    });
  });

  it('is a cluster, with the credentials of its nodes and the natMap', () => {
    const natMap = { '10.0.0.1:6379': { host: 'localhost', port: 7001 } };
    expect(resolve({ cluster: { nodes: CLUSTER, natMap } })).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 6379 },
      ],
      redis: { username: 'ada', password: 's3cret' },
      natMap,
    });
  });

  it('is a cluster with TLS, also to the nodes that it announces', () => {
    const nodes = CLUSTER.map((node) => node.replace('redis:', 'rediss:'));
    const tls = { servername: 'redis.internal' };
    expect(resolve({ cluster: { nodes }, tls })).toMatchObject({ redis: { tls } });
    expect(resolve({ cluster: { nodes } })).toMatchObject({ redis: { tls: {} } });
  });

  it('is a master behind Sentinels, which have their own credentials', () => {
    const nodes = SENTINEL.nodes.map((node) => node.replace('redis:', 'rediss:'));
    const sentinel = { ...SENTINEL, nodes, username: 'app', password: 'other' };
    const tls = { servername: 'redis.internal' };
    expect(resolve({ sentinel, tls })).toEqual({
      kind: 'sentinel',
      redis: {
        sentinels: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 2 },
        ],
        name: 'loyalnest',
        sentinelPassword: 's3cret',
        username: 'app',
        password: 'other',
        tls,
        sentinelTLS: tls,
        enableTLSForSentinelMode: true,
      },
    });
  });
});

describe('the boot fails and names the option, its value and the remedy', () => {
  const refused: readonly [what: string, options: object, message: string, prefix?: string][] = [
    ['no address', {}, 'queue.url: got undefined; use an address such as redis://localhost:6379'],
    [
      'two kinds of Redis',
      { url: 'redis://a', cluster: { nodes: CLUSTER } },
      "queue: got [ 'url', 'cluster' ]; set only one of them",
    ],
    [
      'a cluster without nodes',
      { cluster: { nodes: [] } },
      "queue.cluster.nodes: got []; list addresses such as 'redis://localhost:6379'",
    ],
    [
      'nodes in one string',
      { cluster: { nodes: 'redis://:s3cret@a,redis://:s3cret@b' } },
      "queue.cluster.nodes: got 'redis://:***@b'; list addresses",
    ],
    [
      'a node without a scheme',
      { cluster: { nodes: ['ada:s3cret@a:1'] } },
      "queue.cluster.nodes[0]: got 'ada:***@a:1'; use an address such as redis://localhost:6379",
    ],
    [
      'a database in the address of a cluster node',
      { cluster: { nodes: ['redis://a/1'] } },
      "queue.cluster.nodes[0]: got 'a:6379'; leave out the database number",
    ],
    [
      'nodes with and without TLS',
      { cluster: { nodes: ['redis://a', 'rediss://b'] } },
      "queue.cluster.nodes[1]: got 'b:6379'; use redis:// for all nodes, or rediss:// for all",
    ],
    [
      'nodes with different passwords',
      { cluster: { nodes: ['redis://:s3cret@a', 'redis://:s3cret2@b'] } },
      "queue.cluster.nodes[1]: got 'b:6379'; use the same user and password for all nodes",
    ],
    [
      'a prefix without braces in a cluster',
      { cluster: { nodes: CLUSTER } },
      "queue.prefix: got 'loyal'; put it in braces, such as '{loyal}': all keys of a queue must be",
      'loyal',
    ],
    [
      'empty braces in a cluster',
      { cluster: { nodes: CLUSTER } },
      "queue.prefix: got '{}x{y}'; put it in braces, such as '{xy}'",
      '{}x{y}',
    ],
    [
      'an empty prefix',
      { url: 'redis://a' },
      "queue.prefix: got ' '; use a non-empty string such as",
      ' ',
    ],
    [
      'a natMap entry without a port',
      { cluster: { nodes: CLUSTER, natMap: { '10.0.0.1': { host: 'a', port: 1 } } } },
      "queue.cluster.natMap['10.0.0.1']: got",
    ],
    [
      'Sentinels without a master',
      { sentinel: { nodes: SENTINEL.nodes } },
      "queue.sentinel.master: got undefined; name the master, such as 'mymaster'",
    ],
    [
      'Sentinels without nodes',
      { sentinel: { master: 'loyalnest' } },
      "queue.sentinel.nodes: got undefined; list addresses such as 'redis://localhost:26379'",
    ],
    [
      'an ioredis option in the address',
      { url: 'redis://a?password=s3cret' },
      "queue.url: got 'redis://a?***'; set password in the redis option instead",
    ],
    [
      'an unknown address family',
      { url: 'redis://:s3cret@a?family=x' },
      "queue.url: got 'redis://:***@a?***'; use family=4, family=6, or 0 for both",
    ],
    [
      'an object as the address',
      { url: { host: 'a', password: 's3cret' } },
      "queue.url: got '(an object)'; use an address such as redis://localhost:6379",
    ],
    [
      'a password with a question mark',
      { url: 'redis://ada:12?s3cret@a:6379' },
      "queue.url: got 'redis://ada:***@a:6379'; write a ? in user or password as %3F",
    ],
    [
      'a password with a hash',
      { url: 'redis://ada:12#s3cret@a:6379' },
      "queue.url: got 'redis://ada:***@a:6379'; write a ? in user or password as %3F, and a # as %23",
    ],
    [
      'a fragment',
      { url: 'redis://a#s3cret' },
      "queue.url: got 'redis://a#***'; leave out what follows the #",
    ],
    [
      'an address that ends in its password',
      { url: 'redis://ada:s3cret' },
      "queue.url: got 'redis://ada:***'; use an address such as redis://localhost:6379",
    ],
    [
      'a database that is no number',
      { url: 'redis://a', redis: { db: Number('orders') } },
      'queue.redis.db: got NaN; use a whole number >= 0',
    ],
    [
      'a database in the options of a cluster',
      { cluster: { nodes: CLUSTER }, redis: { db: 1 } },
      'queue.redis.db: got 1; leave it out: a cluster only has database 0',
    ],
    [
      'ioredis options that are not an object',
      { url: 'redis://a', redis: 's3cret' },
      "queue.redis: got 'string'; use an object with ioredis options",
    ],
    [
      'a natMap that is not an object',
      { cluster: { nodes: CLUSTER, natMap: '10.0.0.1' } },
      "queue.cluster.natMap: got '10.0.0.1'; map each 'host:port' that Redis announces",
    ],
    [
      'an ioredis option that the module sets',
      { url: 'redis://a', redis: { keyPrefix: 's3cret' } },
      "queue.redis.keyPrefix: got '(set)'; use the prefix option of QueueModule.forRoot",
    ],
    [
      'TLS without rediss://',
      { url: 'redis://a', tls: { ca: 's3cret' } },
      "queue.tls: got '(set)'; use rediss:// instead of redis:// in the address",
    ],
    [
      'a path instead of a CA',
      { url: 'rediss://a', tls: { ca: '/etc/s3cret/ca.pem' } },
      "queue.tls.ca: got '(not PEM)'; pass the content of the PEM file, such as readFileSync(path)",
    ],
    [
      'a broken key',
      { url: 'rediss://a', tls: { key: '-----BEGIN PRIVATE KEY-----\ns3cret\n-----END' } },
      "queue.tls: got '(set)'; node:tls rejects it:",
    ],
    [
      'a string instead of a boolean',
      { url: 'rediss://a', tls: { rejectUnauthorized: 'false' } },
      "queue.tls.rejectUnauthorized: got 'false'; use true, or false to trust any server",
    ],
    [
      'an empty server name',
      { url: 'rediss://a', tls: { servername: '' } },
      "queue.tls.servername: got ''; use the host name in the server certificate",
    ],
  ];

  const cases = refused.map(([what, ...rest]) => [what, rest] as const);

  it.each(cases)('for %s', (_what, [options, message, prefix]) => {
    const error = refusal(options, prefix);
    expect(error.message).toContain(message);
    expect(JSON.stringify([error, error.message])).not.toContain('s3cret');
  });
});

function refusal(options: object, prefix?: string): OptionError {
  try {
    resolve(options, prefix);
  } catch (error) {
    if (error instanceof OptionError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
