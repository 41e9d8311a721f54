import { mastersOf } from '@loyalnest/queue/operator';
import type { QueueContext } from '../../session/queue-session.js';
import { checkConnections } from './check-connections.js';
import { checkQueueSettings } from './check-queue-settings.js';
import { checkQueue } from './check-queue.js';
import { checkServer } from './check-server.js';
import type { Finding } from './finding.js';

/** Runs every check: on each server, on the prefix, and on each queue. Stops early at Ctrl-C. */
export async function examine(
  { session, io }: QueueContext,
  options: { readonly thorough: boolean; readonly dedupeWindowMs?: number },
): Promise<readonly Finding[]> {
  const { redis, prefix, clock } = session;
  const queues = await session.queues();
  const findings: Finding[] = [];
  for (const node of mastersOf(redis)) findings.push(...(await checkServer(node, clock)));
  findings.push(...(await checkConnections(redis, prefix, queues)));
  if (options.thorough) findings.push(...(await checkQueueSettings(redis, prefix, queues)));
  for (const queue of queues) {
    if (io.interrupted.aborted) break;
    const admin = await session.admin(queue);
    findings.push(...(await checkQueue(admin, { ...options, signal: io.interrupted })));
  }
  return findings;
}
