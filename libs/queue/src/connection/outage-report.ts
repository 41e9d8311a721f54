import type { Logger } from '@nestjs/common';
import { Cluster, type Redis } from 'ioredis';

/** One line when Redis goes away and one when it is back, not one for each attempt. */
export function reportOutages(client: Redis | Cluster, logger: Logger): void {
  const whole = new Outage('Redis', logger);
  client.on('error', (error: Error) => whole.begin(error));
  client.on('ready', () => whole.end());
  if (!(client instanceof Cluster)) return;
  // The client stays ready while one node answers; and each reconnection is another object.
  const outages = new Map<string, Outage>();
  client.on('+node', (node: Redis) => {
    const address = `${node.options.host}:${node.options.port}`;
    const outage = outages.get(address) ?? new Outage(`Redis node ${address}`, logger);
    outages.set(address, outage);
    node.on('error', (error) => outage.begin(error));
    node.on('ready', () => outage.end());
  });
}

class Outage {
  private away = false;

  constructor(
    private readonly who: string,
    private readonly logger: Logger,
  ) {}

  begin({ message }: Error): void {
    if (!this.away) this.logger.warn(`${this.who} is away: ${message}`);
    this.away = true;
  }

  end(): void {
    if (this.away) this.logger.log(`${this.who} is back`);
    this.away = false;
  }
}
