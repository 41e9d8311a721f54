import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { unlessInterrupted } from '../exit/interrupted.error.js';

/** Environment, streams and terminal of the command line. Tests can replace them. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to the standard output. */
  out(text: string): void;
  /** Writes to the standard error. */
  err(text: string): void;
  /** Whether the output is a terminal. */
  readonly isTerminal: boolean;
  /** Width of the terminal in columns; Infinity without a terminal. */
  readonly columns: number;
  /** Height of the terminal in lines; Infinity without a terminal. */
  readonly rows: number;
  /** Aborts at Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Asks a question and resolves with the answer. Missing if the input is not a terminal. */
  ask?(question: string): Promise<string>;
  /** Reads the whole standard input. @throws InterruptedError */
  readInput(): Promise<string>;
}

/** The environment, streams and terminal of this process. */
export function processIo(interrupted: AbortSignal): CliIo {
  const { stdin, stdout, stderr, env } = process;
  const isTerminal = stdout.isTTY === true;
  return {
    env,
    out: (shown) => void stdout.write(shown),
    err: (shown) => void stderr.write(shown),
    isTerminal,
    get columns() {
      return isTerminal ? stdout.columns || 80 : Infinity;
    },
    get rows() {
      return isTerminal ? stdout.rows || 24 : Infinity;
    },
    interrupted,
    readInput: async () => {
      try {
        return await unlessInterrupted(text(stdin), interrupted);
      } finally {
        // An open input would keep the process alive.
        stdin.destroy();
      }
    },
    ...(stdin.isTTY && {
      ask: async (question: string) => {
        const terminal = createInterface({ input: stdin, output: stderr });
        try {
          return await terminal.question(question, { signal: interrupted });
        } finally {
          terminal.close();
        }
      },
    }),
  };
}
