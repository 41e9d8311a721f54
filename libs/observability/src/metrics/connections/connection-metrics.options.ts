import { OptionError } from '@loyalnest/core';

/** Options of `PostgresPoolMetrics` and `RedisMetrics`. */
export interface ConnectionMetricsOptions {
  /** Distinguishes the connections of a service. It becomes a label: never build it from data. */
  readonly name?: string;
}

/**
 * Returns the name in the options, or `otherwise`.
 *
 * @throws {@link OptionError} if the name is empty or not a string
 */
export function connectionName(
  of: string,
  { name }: ConnectionMetricsOptions,
  otherwise: string,
): string {
  if (name === undefined) return otherwise;
  if (typeof name === 'string' && name !== '') return name;
  throw new OptionError(`${of}.name`, name, "use a name, such as 'sessions', or leave it out");
}
