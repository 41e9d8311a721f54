import { queuesWithoutSettings } from '@loyalnest/queue/operator';
import type { Cluster, Redis } from 'ioredis';
import { Findings, type Finding } from './finding.js';

/** Checks that every queue with jobs has BullMQ's settings key. Commands find queues by that key. */
export async function checkQueueSettings(
  redis: Redis | Cluster,
  prefix: string,
  queues: readonly string[],
): Promise<readonly Finding[]> {
  const findings = new Findings(prefix);
  const lost = await queuesWithoutSettings(redis, prefix, queues);
  if (lost.length === 0) findings.ok('settings', 'every queue with jobs has its settings');
  else {
    findings.fail(
      'settings',
      `${lost.join(', ')}: the queue has jobs, but its key 'meta' is gone`,
      'restart a service that declares the queue, which writes the key again; check the eviction policy',
    );
  }
  return findings.all;
}
