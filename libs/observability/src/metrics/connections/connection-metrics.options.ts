import { OptionError } from '@loyalnest/core';

export interface ConnectionMetricsOptions {
  /** Tells several of a service apart; a value of a label, so never made from data. */
  readonly name?: string;
}

/** @throws {@link OptionError} */
export function connectionName(
  of: string,
  { name }: ConnectionMetricsOptions,
  otherwise: string,
): string {
  if (name === undefined) return otherwise;
  if (typeof name === 'string' && name !== '') return name;
  throw new OptionError(`${of}.name`, name, "use a name, such as 'sessions', or leave it out");
}
