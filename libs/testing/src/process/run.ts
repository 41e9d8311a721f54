import { execFile } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** The command is killed after this time. @defaultValue 120_000 */
  readonly timeoutMs?: number;
}

/** Runs a command and resolves to its stdout. Rejects with its stderr if it fails. */
export function run(
  command: string,
  args: readonly string[],
  { timeoutMs = 120_000, ...options }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      { ...options, timeout: timeoutMs, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else reject(new Error(`${command}: ${stderr.trim() || error.message}`, { cause: error }));
      },
    );
  });
}
