import type { Redis } from 'ioredis';
import { Findings, type Finding } from './finding.js';

/** Workers that wait for a queue which does not exist: a misspelt name, or another prefix. */
export async function checkConnections(
  nodes: readonly Redis[],
  prefix: string,
  queues: readonly string[],
): Promise<readonly Finding[]> {
  const findings = new Findings(prefix);
  const names = new Set<string>();
  try {
    for (const node of nodes) {
      const list = (await node.client('LIST')) as string;
      for (const [, name] of list.matchAll(/(?:^| )name=(\S+)/gm)) names.add(name!);
    }
  } catch {
    findings.ok('connections', 'this Redis does not tell who is connected');
    return findings.all;
  }
  const worked = [...names].flatMap((name) => queueOf(name, prefix) ?? []);
  const lost = [...new Set(worked)].filter((queue) => !queues.includes(queue)).sort();
  if (lost.length === 0) findings.ok('connections', 'every worker has a queue');
  else {
    findings.warn(
      'connections',
      `workers wait for ${lost.join(', ')}, to which nobody has enqueued`,
      'compare the name of the queue and the prefix with those of the producer',
    );
  }
  return findings.all;
}

/** BullMQ names connections `prefix:base64(queue)`, with more behind it. */
function queueOf(name: string, prefix: string): string | undefined {
  if (!name.startsWith(`${prefix}:`)) return undefined;
  const encoded = name.slice(prefix.length + 1).split(':', 1)[0]!;
  const queue = Buffer.from(encoded, 'base64').toString();
  return Buffer.from(queue).toString('base64') === encoded ? queue : undefined;
}
