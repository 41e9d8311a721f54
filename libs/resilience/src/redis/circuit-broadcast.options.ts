import { OptionError } from '@loyalnest/core';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

export interface CircuitBroadcastOptions {
  /** URL of Redis, such as `redis://localhost:6379`. */
  readonly url: string;
  /**
   * Redis channel that the instances share. Circuits are matched by name alone, so give every
   * service its own channel. Anyone who can publish to it can open your circuits.
   * @defaultValue 'loyalnest:resilience:circuits'
   */
  readonly channel?: string;
  /** Name of this instance in events. @defaultValue host name, process id and a random part */
  readonly instance?: string;
}

export type ResolvedCircuitBroadcast = Required<CircuitBroadcastOptions>;

/** @throws {@link OptionError} with the path of the option */
export function resolveCircuitBroadcast(
  options: CircuitBroadcastOptions,
): ResolvedCircuitBroadcast {
  const random = randomUUID().slice(0, 8);
  return {
    url: address('circuitBroadcast.url', options.url),
    channel: text('circuitBroadcast.channel', options.channel ?? 'loyalnest:resilience:circuits'),
    instance: text(
      'circuitBroadcast.instance',
      options.instance ?? `${hostname()}:${process.pid}:${random}`,
    ),
  };
}

function address(path: string, url: unknown): string {
  if (typeof url === 'string' && /^rediss?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new OptionError(path, url, 'use an address such as redis://localhost:6379');
}

function text(path: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= 200) return value;
  throw new OptionError(path, value, 'use a string of 1 to 200 characters');
}
