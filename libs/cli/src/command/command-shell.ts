import type { Command } from 'commander';
import type { ExitCode } from '../exit/exit-code.js';
import { unlessInterrupted } from '../exit/interrupted.error.js';
import type { SafeIo } from '../terminal/safe-io.js';
import { CliContext } from './cli-context.js';
import type { OpenSession, Session } from './session.js';

/** What a command does once its session is open. Resolves with the exit code. */
export type CommandWork<Connected extends Session, Flags> = (
  context: CliContext<Connected>,
  flags: Flags,
  args: readonly string[],
) => Promise<ExitCode>;

export interface CommandOptions {
  /**
   * Whether the command handles Ctrl-C itself, to finish its current step. Other commands end at once,
   * in the middle of a step.
   *
   * @defaultValue false
   */
  readonly endsItself?: boolean;
}

/** An action of commander; the last of its arguments is the command. */
export type CommandAction = (...given: unknown[]) => Promise<void>;

/** Makes an action for a command that needs a session. */
export type WhenConnected<Connected extends Session> = <Flags extends object>(
  work: CommandWork<Connected, Flags>,
  options?: CommandOptions,
) => CommandAction;

/** Runs the work of commands: opens a session, watches for Ctrl-C, and closes the session again. */
export class CommandShell {
  constructor(
    private readonly io: SafeIo,
    /** Receives the exit code of the command that ran. */
    private readonly end: (code: ExitCode) => void,
  ) {}

  /** Opens a session for each command, and closes it when the command has ended or failed. */
  connected<Connected extends Session>(open: OpenSession<Connected>): WhenConnected<Connected> {
    return (work, { endsItself = false } = {}) =>
      async (...given) => {
        const command = given.at(-1) as Command;
        const flags = command.optsWithGlobals<{ readonly json?: boolean }>();
        const { interrupted } = this.io;
        const session = await open(flags, this.io);
        try {
          const context = new CliContext(this.io, session, flags.json ?? false);
          const ending = work(context, flags as never, command.processedArgs.flat() as string[]);
          this.end(await (endsItself ? ending : unlessInterrupted(ending, interrupted)));
        } finally {
          await session.close();
        }
      };
  }
}
