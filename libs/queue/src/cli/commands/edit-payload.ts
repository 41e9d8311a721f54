import { OptionError } from '@loyalnest/core';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliContext } from '../cli-context.js';
import { actorOf } from '../cli-options.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { oneLine } from '../table.js';

export interface EditFlags {
  readonly file?: string;
  readonly revision?: string;
  readonly by?: string;
}

/**
 * Gives a dead letter another payload. The definition of its job is not known here: the handler
 * checks the payload when it runs.
 */
export async function editPayload(
  context: CliContext,
  queue: string,
  id: string,
  flags: EditFlags,
): Promise<ExitCode> {
  const { session, io } = context;
  const actor = actorOf(flags.by);
  const admin = await session.admin(queue);
  const letter = await admin.letters.get(id);
  const before = JSON.stringify(letter.payload, undefined, 2);
  const given = await (flags.file === undefined
    ? edited(context, before)
    : read(context, flags.file));
  const payload = parse(flags.file === undefined ? '$EDITOR' : '--file', given);
  if (flags.file === undefined && JSON.stringify(payload, undefined, 2) === before) {
    io.err('the payload is the same; nothing was done\n');
    return EXIT.ok;
  }
  const revision = flags.revision ?? letter.revision;
  await session.commands.edit(admin, actor, id, { payload, revision });
  const outcome = 'edited-and-redriven';
  context.show({ queue, results: [{ id, outcome }] }, () => `${oneLine(id)}: ${outcome}\n`);
  return EXIT.ok;
}

async function read({ io }: CliContext, file: string): Promise<string> {
  if (file === '-') return io.readInput();
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new OptionError('--file', file, `it cannot be read: ${reason}`);
  }
}

/** The file can be read by nobody else and is gone afterwards: it may hold personal data. */
function edited({ io }: CliContext, before: string): string {
  if (!io.ask) throw new OptionError('--file', undefined, 'name a file with the payload, or -');
  const folder = mkdtempSync(join(tmpdir(), 'loyalnest-'));
  const file = join(folder, 'payload.json');
  try {
    writeFileSync(file, `${before}\n`, { mode: 0o600 });
    const editor = io.env['VISUAL'] || io.env['EDITOR'] || 'vi';
    const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], {
      stdio: 'inherit',
    });
    if (error || status !== 0) {
      throw new OptionError('$EDITOR', editor, 'it ended with an error; nothing was done');
    }
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parse(from: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The message of the parser repeats a part of the payload.
    throw new OptionError(from, `${text.length} characters`, 'it has to be JSON; nothing was done');
  }
}
