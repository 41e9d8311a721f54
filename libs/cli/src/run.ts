import { isLoyalNestError } from '@loyalnest/core';
import { CommanderError } from 'commander';
import { createProgram } from './command/create-program.js';
import { Secrets } from './connection/secrets.js';
import { EXIT, exitCodeOf } from './exit/exit-code.js';
import type { CliIo } from './terminal/cli-io.js';
import { jsonLine } from './terminal/json-text.js';
import { oneLine } from './terminal/printable.js';
import { safeIo } from './terminal/safe-io.js';

/**
 * Runs one command line and resolves with its exit code. It needs Redis and no running service. Its
 * output never contains the credentials of Redis.
 *
 * @param argv the arguments without `node` and the script
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const secrets = new Secrets([io.env['REDIS_URL'], ...argv], [io.env['REDIS_PASSWORD']]);
  const safe = safeIo(io, (text) => secrets.hide(text));
  let code: number = EXIT.ok;
  const program = createProgram(safe, (result) => (code = result));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) report(error, safe, argv.includes('--json'));
    return exitCodeOf(error);
  }
}

function report(error: unknown, io: CliIo, json: boolean): void {
  const code = isLoyalNestError(error) ? error.code : 'FAILED';
  const message = error instanceof Error ? error.message : String(error);
  io.err(json ? jsonLine({ error: { code, message } }) : `loyalnest: ${oneLine(message)}\n`);
}
