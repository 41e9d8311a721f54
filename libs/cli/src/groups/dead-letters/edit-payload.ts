import { OptionError } from '@loyalnest/core';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, type ExitCode } from '../../exit/exit-code.js';
import { actorOf, type ActorFlags } from '../../options/actor-option.js';
import type { QueueContext } from '../../session/queue-session.js';
import { oneLine } from '../../terminal/printable.js';

export interface EditFlags extends ActorFlags {
  readonly file?: string;
  readonly revision?: string;
}

/**
 * Replaces the payload of a dead letter and runs it again. The command line does not know the
 * definition of the job, so the payload is first validated when the job runs.
 */
export async function editPayload(
  context: QueueContext,
  queue: string,
  id: string,
  flags: EditFlags,
): Promise<ExitCode> {
  const { session } = context;
  const actor = actorOf(flags);
  const admin = await session.admin(queue);
  let letter = await admin.letters.get(id);
  if (flags.file === undefined) {
    requireTerminal(context);
    // An editor shows the payload, even if nothing is changed in it.
    letter = await session.commands.showPayload(admin, actor, id);
  }
  const before = JSON.stringify(letter.payload, undefined, 2);
  const given = await (flags.file === undefined
    ? edited(context, before)
    : read(context, flags.file));
  const payload = parse(flags.file === undefined ? '$EDITOR' : '--file', given);
  if (flags.file === undefined && JSON.stringify(payload, undefined, 2) === before) {
    context.note('the payload is unchanged; nothing was done');
    return EXIT.ok;
  }
  const revision = flags.revision ?? letter.revision;
  await session.commands.edit(admin, actor, id, { payload, revision });
  const outcome = 'edited-and-redriven';
  context.show({ queue, results: [{ id, outcome }] }, () => `${oneLine(id)}: ${outcome}\n`);
  return EXIT.ok;
}

async function read({ io }: QueueContext, file: string): Promise<string> {
  if (file === '-') return io.readInput();
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new OptionError('--file', file, `pass a file that can be read (${reason})`);
  }
}

function requireTerminal({ io }: QueueContext): void {
  if (!io.ask) throw new OptionError('--file', undefined, 'pass a file with the payload, or -');
}

/** The payload may be personal data: only this user can read the file, and it is removed again. */
function edited({ io }: QueueContext, before: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'loyalnest-'));
  const file = join(folder, 'payload.json');
  try {
    writeFileSync(file, `${before}\n`, { mode: 0o600 });
    const editor = io.env['VISUAL'] || io.env['EDITOR'] || 'vi';
    const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], {
      stdio: 'inherit',
    });
    if (error || status !== 0) {
      throw new OptionError(
        '$EDITOR',
        editor,
        'the editor failed, nothing was changed; use --file instead',
      );
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
    // The parser's own message would repeat a part of the payload.
    throw new OptionError(
      from,
      `${text.length} characters`,
      'nothing was changed; pass valid JSON',
    );
  }
}
