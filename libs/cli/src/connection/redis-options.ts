import { OptionError } from '@loyalnest/core';
import type { RedisConnectionOptions } from '@loyalnest/queue/operator';
import { readFileSync } from 'node:fs';

/** The global options that say where Redis is. */
export interface RedisFlags {
  readonly redis?: string;
  readonly cluster?: boolean;
  readonly sentinel?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes connection options from the command line and `REDIS_URL`, and from `REDIS_USERNAME` and
 * `REDIS_PASSWORD` for the servers behind Sentinels.
 *
 * @throws OptionError that names the option
 */
export function redisOptions(flags: RedisFlags, env: Environment): RedisConnectionOptions {
  const given = flags.redis ?? env['REDIS_URL'];
  if (!given) {
    throw new OptionError('--redis', given, 'pass the address of Redis, or set REDIS_URL');
  }
  if (flags.cluster && flags.sentinel !== undefined) {
    throw new OptionError('--cluster', true, 'remove either --cluster or --sentinel');
  }
  const nodes = given.split(',').map((node) => node.trim());
  const tls = tlsOptions(flags);
  if (flags.cluster) return { cluster: { nodes }, ...tls };
  const { REDIS_USERNAME: username, REDIS_PASSWORD: password } = env;
  if (flags.sentinel !== undefined) {
    const servers = { ...(username && { username }), ...(password && { password }) };
    return { sentinel: { nodes, master: flags.sentinel, ...servers }, ...tls };
  }
  if (nodes.length > 1) {
    const remedy = 'pass one address, or add --cluster or --sentinel <master>';
    throw new OptionError('--redis', `${nodes.length} addresses`, remedy);
  }
  return { url: given, ...tls };
}

function tlsOptions({ tlsCa, tlsCert, tlsKey }: RedisFlags): Pick<RedisConnectionOptions, 'tls'> {
  if (tlsCa === undefined && tlsCert === undefined && tlsKey === undefined) return {};
  return {
    tls: {
      ...(tlsCa !== undefined && { ca: readPem('--tls-ca', tlsCa) }),
      ...(tlsCert !== undefined && { cert: readPem('--tls-cert', tlsCert) }),
      ...(tlsKey !== undefined && { key: readPem('--tls-key', tlsKey) }),
    },
  };
}

function readPem(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new OptionError(option, file, `pass a file that can be read (${reason})`);
  }
}
