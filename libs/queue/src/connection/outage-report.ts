import { OutageReport } from '@loyalnest/core/toolkit';
import type { Logger } from '@nestjs/common';
import { Cluster, type Redis } from 'ioredis';

/**
 * Logs one line when Redis becomes unavailable and one when it is available again. In a cluster it
 * does the same for each node.
 */
export function reportOutages(client: Redis | Cluster, logger: Logger): void {
  const whole = reportOf('Redis', logger);
  client.on('error', (error: Error) => whole.begin(error));
  client.on('ready', () => whole.end());
  if (!(client instanceof Cluster)) return;
  // The cluster client stays ready while one node answers. Each reconnect creates a new node object.
  const reports = new Map<string, OutageReport>();
  client.on('+node', (node: Redis) => {
    const address = `${node.options.host}:${node.options.port}`;
    const report = reports.get(address) ?? reportOf(`Redis node ${address}`, logger);
    reports.set(address, report);
    node.on('error', (error) => report.begin(error));
    node.on('ready', () => report.end());
  });
}

function reportOf(server: string, logger: Logger): OutageReport {
  return new OutageReport(logger, {
    begin: `${server} is unavailable`,
    end: `${server} is available again`,
  });
}
