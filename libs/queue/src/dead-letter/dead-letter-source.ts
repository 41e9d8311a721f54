import type { Clock } from '@loyalnest/core';
import type { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';

/** Access to the dead letters of one queue. */
export interface DeadLetterSource {
  readonly bull: Queue;
  /** May be the connection of `bull`. */
  readonly redis: Redis | Cluster;
  readonly clock: Clock;
}
