import { OutageReport } from '@loyalnest/core/toolkit';
import type { Logger } from '@nestjs/common';
import { Cluster, type Redis } from 'ioredis';

/**
 * Logs one line when Redis becomes unavailable and one when it is available again; in a cluster also
 * for each node.
 */
export function reportOutages(client: Redis | Cluster, logger: Logger): void {
  const whole = reportOf('Redis', logger);
  client.on('error', (error: Error) => whole.begin(error));
  client.on('ready', () => whole.end());
  if (!(client instanceof Cluster)) return;
  // The client stays ready while one node answers; and each reconnection is another object.
  const reports = new Map<string, OutageReport>();
  client.on('+node', (node: Redis) => {
    const address = `${node.options.host}:${node.options.port}`;
    const report = reports.get(address) ?? reportOf(`Redis node ${address}`, logger);
    reports.set(address, report);
    node.on('error', (error) => report.begin(error));
    node.on('ready', () => report.end());
  });
}

function reportOf(who: string, logger: Logger): OutageReport {
  return new OutageReport(logger, {
    begin: `${who} is unavailable`,
    end: `${who} is available again`,
  });
}
