import { run } from '../src/run.js';
import type { CliIo } from '../src/terminal/cli-io.js';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliSetting {
  readonly env?: Readonly<Record<string, string>>;
  /** Width of the terminal; without it there is no terminal. */
  readonly columns?: number;
  readonly rows?: number;
  readonly answer?: string;
  readonly input?: string;
  readonly interrupted?: AbortSignal;
  /** Called with each piece of output. */
  readonly onText?: (text: string) => void;
}

/** Runs the command line in this process. */
export async function loyalnest(
  argv: readonly string[],
  setting: CliSetting = {},
): Promise<CliResult> {
  const { env = {}, columns, rows, answer, input = '', onText = () => {} } = setting;
  let out = '';
  let err = '';
  const io: CliIo = {
    env,
    out: (text) => {
      out += text;
      onText(text);
    },
    err: (text) => {
      err += text;
      onText(text);
    },
    isTerminal: columns !== undefined,
    columns: columns ?? Infinity,
    rows: rows ?? Infinity,
    interrupted: setting.interrupted ?? new AbortController().signal,
    readInput: async () => input,
    ...(answer !== undefined && {
      ask: async (question: string) => {
        err += question;
        return answer;
      },
    }),
  };
  const code = await run(argv, io);
  return { code, out, err };
}
