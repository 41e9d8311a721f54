import type { Command } from 'commander';
import type { CliContext } from './cli-context.js';
import type { ExitCode } from './exit-code.js';

/** Adds a command whose work begins once Redis is connected. */
export type AddCommand = (program: Command, whenConnected: WhenConnected) => void;

export interface CommandOptions {
  /** Whether it ends in order at Ctrl-C by itself; all others are left where they are. */
  readonly endsItself?: boolean;
}

export type WhenConnected = <Flags extends object>(
  work: (context: CliContext, flags: Flags, args: readonly string[]) => Promise<ExitCode>,
  options?: CommandOptions,
) => (...given: unknown[]) => Promise<void>;
