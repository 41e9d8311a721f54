import { OptionError } from '@loyalnest/core';
import type { Actor } from '@loyalnest/queue/operator';
import type { Command } from 'commander';
import { userInfo } from 'node:os';

export interface ActorFlags {
  readonly by?: string;
}

/** Adds `--by` to a command that the audit trail records. */
export function addActorOption(command: Command): Command {
  return command.option('--by <name>', 'your name in the audit trail (default: your user name)');
}

/** Names the actor for the audit trail: `--by`, or else the user name on this machine. */
export function actorOf({ by }: ActorFlags): Actor {
  const name = by ?? systemUser();
  if (name.trim() === '') throw new OptionError('--by', by, 'use a name');
  return { by: name, source: 'cli' };
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // The user of a container may have no name.
    return process.getuid ? `uid-${process.getuid()}` : 'unknown';
  }
}
