import type { Redis } from 'ioredis';
import { escapePattern, scan } from '../../admin/queue-catalog.js';
import { Findings, type Finding } from './finding.js';

const SCAN_COUNT = 1_000;
/** Keys of BullMQ that only exist where a queue has jobs. */
const WITH_JOBS = /^(wait|active|paused|delayed|prioritized|completed|failed)$/;

/** Queues with jobs that have lost BullMQ's settings of them, by which every command finds a queue. */
export async function checkQueueSettings(
  nodes: readonly Redis[],
  prefix: string,
  queues: readonly string[],
): Promise<readonly Finding[]> {
  const findings = new Findings(prefix);
  const lost = new Set<string>();
  for (const node of nodes) {
    for await (const keys of scan(node, `${escapePattern(prefix)}:*`, SCAN_COUNT)) {
      for (const key of keys) {
        const [queue = '', name = '', ...more] = key.slice(prefix.length + 1).split(':');
        if (more.length === 0 && WITH_JOBS.test(name) && !queues.includes(queue)) lost.add(queue);
      }
    }
  }
  if (lost.size === 0) findings.ok('settings', 'every queue with jobs has its own');
  else {
    findings.fail(
      'settings',
      `${[...lost].sort().join(', ')}: there are jobs, and the key meta is gone`,
      'restart a service that declares the queue, which writes it again; look at eviction',
    );
  }
  return findings.all;
}
