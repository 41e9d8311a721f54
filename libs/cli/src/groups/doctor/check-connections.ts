import { queuesWithWorkers } from '@loyalnest/queue/operator';
import type { Cluster, Redis } from 'ioredis';
import { Findings, type Finding } from './finding.js';

/** Checks that each worker waits for a queue that exists: a name or a prefix may be misspelt. */
export async function checkConnections(
  redis: Redis | Cluster,
  prefix: string,
  queues: readonly string[],
): Promise<readonly Finding[]> {
  const findings = new Findings(prefix);
  const withWorkers = await queuesWithWorkers(redis, prefix);
  if (withWorkers === undefined) {
    findings.ok('connections', 'this Redis does not list its clients');
    return findings.all;
  }
  const missing = withWorkers.filter((queue) => !queues.includes(queue));
  if (missing.length === 0) findings.ok('connections', 'every worker has a queue');
  else {
    findings.warn(
      'connections',
      `workers wait for ${missing.join(', ')}, but nothing was ever enqueued there`,
      'compare the name of the queue and the prefix with those of the producer',
    );
  }
  return findings.all;
}
