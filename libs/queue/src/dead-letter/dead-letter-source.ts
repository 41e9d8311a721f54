import type { Clock } from '@loyalnest/core';
import type { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';

/** Where the dead letters of one queue are. */
export interface DeadLetterSource {
  readonly bull: Queue;
  /** May be the connection that `bull` uses. */
  readonly redis: Redis | Cluster;
  readonly clock: Clock;
}
