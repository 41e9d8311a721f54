import { failureReason } from '@loyalnest/core/toolkit';
import {
  createProducer,
  resolveTarget,
  type RedisConnectionOptions,
  type RedisTarget,
} from '@loyalnest/queue/operator';
import type { Cluster, Redis } from 'ioredis';
import { InterruptedError, unlessInterrupted } from '../exit/interrupted.error.js';
import { RedisUnreachableError } from './redis-unreachable.error.js';

const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 10_000;

/**
 * Connects to Redis and waits until it answers. It gives up at the first failure, because a person is
 * waiting. Each command later fails within 10 s.
 *
 * @throws OptionError, RedisUnreachableError, InterruptedError
 */
export async function connectRedis(
  options: RedisConnectionOptions,
  prefix: string,
  interrupted: AbortSignal,
): Promise<Redis | Cluster> {
  const target = resolveTarget(options, prefix);
  const redis = createProducer(target, COMMAND_TIMEOUT_MS);
  try {
    await ready(redis, interrupted);
    return redis;
  } catch (error) {
    redis.disconnect();
    if (error instanceof InterruptedError) throw error;
    throw new RedisUnreachableError(addressOf(target), failureReason(error), error);
  }
}

async function ready(redis: Redis | Cluster, interrupted: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  // The commands report later failures themselves.
  redis.on('error', () => {});
  const connected = new Promise<void>((resolve, reject) => {
    redis.once('ready', () => resolve());
    redis.once('error', reject);
    timer = setTimeout(() => reject(new Error('it does not answer')), CONNECT_TIMEOUT_MS);
  });
  try {
    await unlessInterrupted(connected, interrupted);
  } finally {
    clearTimeout(timer);
  }
  await unlessInterrupted(redis.ping(), interrupted);
}

function addressOf(target: RedisTarget): string {
  if (target.kind === 'single') return `${target.redis.host}:${target.redis.port}`;
  const nodes = target.kind === 'cluster' ? target.nodes : (target.redis.sentinels ?? []);
  return nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
}
