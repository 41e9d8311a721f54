import { OptionError } from '@loyalnest/core';

const NAMES = ['force-open', 'force-closed', 'release', 'open', 'close'] as const;

/**
 * `force-open` and `force-closed` hold until `release` or `close`. `open` half-opens by itself
 * after `openFor`. `close` closes the circuit with an empty window, whatever its state.
 */
export type CircuitCommandName = (typeof NAMES)[number];

/** A command of an operator to a circuit. */
export interface CircuitCommand {
  readonly policy: string;
  /** Selects one breaker of a policy with `key`. */
  readonly key?: string;
  readonly command: CircuitCommandName;
  /** Who gives the command; shown in the events of every instance. */
  readonly by: string;
}

export function isCommandName(value: unknown): value is CircuitCommandName {
  return NAMES.includes(value as CircuitCommandName);
}

/** @throws {@link OptionError} for a command that no instance would accept */
export function checkCommand({ policy, key, command, by }: CircuitCommand): void {
  requireText('command.policy', policy);
  if (key !== undefined) requireText('command.key', key);
  requireText('command.by', by);
  if (isCommandName(command)) return;
  throw new OptionError('command.command', command, `use one of ${NAMES.join(', ')}`);
}

/** Longer names could make messages that receivers ignore. */
const MAX_LENGTH = 1_000;

function requireText(path: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH) return;
  throw new OptionError(path, value, `use a string of 1 to ${MAX_LENGTH} characters`);
}
