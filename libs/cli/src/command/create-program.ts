import { Command } from 'commander';
import { COMMAND_GROUPS } from '../command-groups.js';
import { EXIT_CODE_HELP, type ExitCode } from '../exit/exit-code.js';
import type { SafeIo } from '../terminal/safe-io.js';
import { printable } from '../terminal/printable.js';
import { CommandShell } from './command-shell.js';
import { packageVersion } from './package-version.js';

/**
 * Makes the program with the global options and the commands of every group.
 *
 * @param end receives the exit code of the command that ran
 */
export function createProgram(io: SafeIo, end: (code: ExitCode) => void): Command {
  const program = new Command('loyalnest')
    .description('Inspect queues and dead letters in Redis. No service has to run.')
    .option('--redis <url>', 'address of Redis; separate several by commas (default: REDIS_URL)')
    .option('--cluster', 'the addresses are nodes of a Redis Cluster')
    .option('--sentinel <master>', 'the addresses are Sentinels that watch this master')
    .option('--tls-ca <file>', 'PEM file with the CA of Redis, for rediss://')
    .option('--tls-cert <file>', 'PEM file with the client certificate')
    .option('--tls-key <file>', 'PEM file with the key of the client certificate')
    .option('--prefix <prefix>', 'prefix of all keys', '{loyalnest}')
    .option('--json', 'print one JSON document instead of tables')
    .addHelpText('after', EXIT_CODE_HELP)
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(printable(text)),
    })
    .showHelpAfterError('(add --help to see the commands and options)');
  const shell = new CommandShell(io, end);
  for (const group of COMMAND_GROUPS) group.register(program, shell);
  return program;
}
