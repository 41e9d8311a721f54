import type { Clock } from '@loyalnest/core';
import type { CliIo } from '../terminal/cli-io.js';

/** The connections of one command. */
export interface Session {
  readonly clock: Clock;
  /** Closes every connection. Called once, also after a failure. */
  close(): Promise<void>;
}

/**
 * Connects for one command.
 *
 * @param flags the options of the command and the global ones
 * @throws OptionError before it connects, if an option is invalid
 */
export type OpenSession<Connected extends Session> = (
  flags: object,
  io: CliIo,
) => Promise<Connected>;
