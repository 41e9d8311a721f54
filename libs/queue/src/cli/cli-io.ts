import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { unlessInterrupted } from './interrupted.error.js';

/** All that the command line has to do with the world but Redis. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  /** Whether a person looks at the output. */
  readonly isTerminal: boolean;
  /** Width of the terminal; Infinity where there is none. */
  readonly columns: number;
  /** Its height. */
  readonly rows: number;
  /** Aborts at Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Asks a person; missing where nobody can answer. */
  ask?(question: string): Promise<string>;
  /** @throws InterruptedError */
  readInput(): Promise<string>;
}

/** The process's own. */
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
        // An input that is still open would keep the process.
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
