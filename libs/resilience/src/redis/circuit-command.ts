import { OptionError } from '@loyalnest/core';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js';

const COMMANDS = {
  'force-open': (breaker: CircuitBreaker) => breaker.force('forced-open'),
  'force-closed': (breaker: CircuitBreaker) => breaker.force('forced-closed'),
  release: (breaker: CircuitBreaker) => breaker.release(),
  open: (breaker: CircuitBreaker) => breaker.open(),
  close: (breaker: CircuitBreaker) => breaker.close(),
};

/**
 * `force-open` and `force-closed` hold until `release`; `open` half-opens by itself after the
 * policy's time; `close` closes with an empty window.
 */
export type CircuitCommandName = keyof typeof COMMANDS;

/** What an operator does to a circuit on every instance. */
export interface CircuitCommand {
  readonly policy: string;
  /** Which breaker, of a policy with `key`. */
  readonly key?: string;
  readonly command: CircuitCommandName;
  /** Who does it; shown in the events of every instance. */
  readonly by: string;
}

export function applyCommand(command: CircuitCommandName, breaker: CircuitBreaker): void {
  COMMANDS[command](breaker);
}

export function isCommandName(value: unknown): value is CircuitCommandName {
  return typeof value === 'string' && Object.hasOwn(COMMANDS, value);
}

/** @throws {@link OptionError} for what no instance would understand */
export function checkCommand({ policy, key, command, by }: CircuitCommand): void {
  requireText('command.policy', policy);
  if (key !== undefined) requireText('command.key', key);
  requireText('command.by', by);
  if (isCommandName(command)) return;
  throw new OptionError(
    'command.command',
    command,
    `use one of ${Object.keys(COMMANDS).join(', ')}`,
  );
}

/** Longer names than any real one would make messages that receivers refuse. */
const MAX_LENGTH = 1_000;

function requireText(path: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH) return;
  throw new OptionError(path, value, `use a text of 1 to ${MAX_LENGTH} characters`);
}
