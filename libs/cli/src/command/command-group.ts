import type { Command } from 'commander';
import type { CommandShell } from './command-shell.js';

/** Commands around one topic. `command-groups.ts` lists every group. */
export interface CommandGroup {
  /** Name of the folder that holds the group. */
  readonly name: string;
  /** Adds the commands of the group to the program. Throws if another group has the same command. */
  register(program: Command, shell: CommandShell): void;
}
