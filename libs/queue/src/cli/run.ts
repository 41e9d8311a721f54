import { isLoyalNestError } from '@loyalnest/core';
import { Command, CommanderError } from 'commander';
import type { AddCommand, WhenConnected } from './add-command.js';
import { auditCommand } from './commands/audit.js';
import { doctorCommand } from './commands/doctor.js';
import { deadLetterCommands } from './commands/dead-letters.js';
import { queuesCommand } from './commands/queues.js';
import { redriveCommands } from './commands/redrives.js';
import { topCommand } from './commands/top.js';
import { CliContext } from './cli-context.js';
import type { CliIo } from './cli-io.js';
import { CliSession } from './cli-session.js';
import { EXIT, exitCodeOf, type ExitCode } from './exit-code.js';
import { unlessInterrupted } from './interrupted.error.js';
import { packageVersion } from './package-version.js';
import { redisOptions, type RedisFlags } from './redis-options.js';
import { Secrets } from './secrets.js';

interface GlobalFlags extends RedisFlags {
  readonly prefix: string;
  readonly json?: boolean;
}

const COMMANDS: readonly AddCommand[] = [
  queuesCommand,
  topCommand,
  deadLetterCommands,
  redriveCommands,
  auditCommand,
  doctorCommand,
];

const EXIT_CODES = `
Exit codes: 0 done; 1 failed, not there, or the doctor found something; 2 wrong usage, nothing was
done; 3 Redis cannot be used; 4 somebody else is at it; 130 interrupted or not confirmed.
`;

/**
 * Runs the command line. Needs Redis and nothing else: it works while every service is down. What it
 * prints never holds the credentials of Redis.
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const secrets = new Secrets([io.env['REDIS_URL'], ...argv], [io.env['REDIS_PASSWORD']]);
  const safe: CliIo = Object.create(io, {
    err: { value: (text: string) => io.err(secrets.hide(text)) },
  }) as CliIo;
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

function createProgram(io: CliIo, end: (code: ExitCode) => void): Command {
  const program = new Command('loyalnest')
    .description('Queues and dead letters in Redis, whether or not a service is up.')
    .option('--redis <url>', 'address of Redis; several with commas (default: REDIS_URL)')
    .option('--cluster', 'the addresses are nodes of a Redis Cluster')
    .option('--sentinel <master>', 'the addresses are Sentinels that watch this master')
    .option('--tls-ca <file>', 'CA of Redis as a PEM file, for rediss://')
    .option('--tls-cert <file>', 'client certificate as a PEM file')
    .option('--tls-key <file>', 'its key as a PEM file')
    .option('--prefix <prefix>', 'of all keys', '{loyalnest}')
    .option('--json', 'one JSON document instead of tables')
    .addHelpText('after', EXIT_CODES)
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .showHelpAfterError('(add --help for what there is)');
  const whenConnected: WhenConnected =
    (work, { endsItself = false } = {}) =>
    async (...given) => {
      const command = given.at(-1) as Command;
      const flags = command.optsWithGlobals<GlobalFlags>();
      const { interrupted } = io;
      const target = redisOptions(flags, io.env);
      const session = await CliSession.open(target, flags.prefix, interrupted);
      try {
        const context = new CliContext(io, session, flags.json ?? false);
        const ending = work(context, flags as never, command.processedArgs.flat() as string[]);
        end(await (endsItself ? ending : unlessInterrupted(ending, interrupted)));
      } finally {
        await session.close();
      }
    };
  for (const add of COMMANDS) add(program, whenConnected);
  return program;
}

function report(error: unknown, io: CliIo, json: boolean): void {
  const code = isLoyalNestError(error) ? error.code : 'FAILED';
  const message = error instanceof Error ? error.message : String(error);
  io.err(json ? `${JSON.stringify({ error: { code, message } })}\n` : `loyalnest: ${message}\n`);
}
