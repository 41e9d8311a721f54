import { RedisServer } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { serverMember, type Member } from './member.js';
import { reasonOf, StartupError, withoutCredentials } from './startup.error.js';

export interface RedisSource {
  readonly url: string;
  readonly description: string;
  /** Absent if the environment names a Redis. */
  readonly member?: Member;
}

const CONNECT_WITHIN_MS = 3_000;

/** Uses the Redis at `REDIS_URL`, or starts one that keeps its data after a crash. */
export async function provideRedis(env: NodeJS.ProcessEnv): Promise<RedisSource> {
  const given = env['REDIS_URL'];
  if (given) {
    await requireAnswer(given);
    return { url: given, description: `${withoutCredentials(given)} (REDIS_URL)` };
  }
  const server = await RedisServer.start({ appendOnly: true });
  return {
    url: server.url,
    description: `${server.url} (started here, append-only file)`,
    member: serverMember('Redis', server),
  };
}

async function requireAnswer(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: CONNECT_WITHIN_MS,
    retryStrategy: () => null,
  });
  // The command's own error only says "Connection is closed"; the event has the reason.
  let reason: unknown;
  client.on('error', (error) => (reason ??= error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw new StartupError(
      `REDIS_URL is set to ${withoutCredentials(url)}, but connecting failed: ${reasonOf(reason ?? error)}`,
      'Start that Redis, or unset REDIS_URL (also in .env): the stack then starts its own Redis.',
      error,
    );
  } finally {
    client.disconnect();
  }
}
