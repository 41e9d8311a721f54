import { OptionError } from '@loyalnest/core';

const NAMES = ['force-open', 'force-closed', 'release', 'open', 'close'] as const;

/**
 * `force-open` and `force-closed` hold until `release` or `close`; `open` half-opens by itself after
 * the policy's time; `close` closes with an empty window, whatever the state was.
 */
export type CircuitCommandName = (typeof NAMES)[number];

/** What an operator does to a circuit. */
export interface CircuitCommand {
  readonly policy: string;
  /** Which breaker, of a policy with `key`. */
  readonly key?: string;
  readonly command: CircuitCommandName;
  /** Who does it; shown in the events of every instance. */
  readonly by: string;
}

export function isCommandName(value: unknown): value is CircuitCommandName {
  return NAMES.includes(value as CircuitCommandName);
}

/** @throws {@link OptionError} for what no instance would understand */
export function checkCommand({ policy, key, command, by }: CircuitCommand): void {
  requireText('command.policy', policy);
  if (key !== undefined) requireText('command.key', key);
  requireText('command.by', by);
  if (isCommandName(command)) return;
  throw new OptionError('command.command', command, `use one of ${NAMES.join(', ')}`);
}

/** Longer names than any real one would make messages that receivers refuse. */
const MAX_LENGTH = 1_000;

function requireText(path: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH) return;
  throw new OptionError(path, value, `use a text of 1 to ${MAX_LENGTH} characters`);
}
