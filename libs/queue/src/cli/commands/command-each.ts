import { isLoyalNestError } from '@loyalnest/core';
import type { QueueAdmin } from '../../admin/admin-commands.js';
import type { Actor } from '../../admin/audit-record.js';
import { isRedisOutage } from '../../admin/redis-outage.js';
import type { CliContext } from '../cli-context.js';
import { actorOf } from '../cli-options.js';
import { EXIT, exitCodeOf, type ExitCode } from '../exit-code.js';
import { oneLine } from '../table.js';

export interface EachFlags {
  readonly by?: string;
  readonly yes?: boolean;
}

interface Result {
  readonly id: string;
  readonly outcome: string;
  readonly error?: string;
  readonly message?: string;
}

/** A command for each of some dead letters. One that is refused does not keep the others. */
export async function commandEach(
  context: CliContext,
  queue: string,
  ids: readonly string[],
  { by }: EachFlags,
  outcome: string,
  command: (admin: QueueAdmin, actor: Actor, id: string) => Promise<unknown>,
): Promise<ExitCode> {
  const actor = actorOf(by);
  const admin = await context.session.admin(queue);
  const results: Result[] = [];
  let code: ExitCode = EXIT.ok;
  for (const id of ids) {
    if (context.io.interrupted.aborted) {
      code = EXIT.interrupted;
      break;
    }
    try {
      await command(admin, actor, id);
      results.push({ id, outcome });
    } catch (error) {
      // Neither Redis that is away nor a fault of ours gets better with the next id.
      if (!isLoyalNestError(error) || isRedisOutage(error) || error.category === 'unavailable') {
        throw error;
      }
      results.push({ id, outcome: 'refused', error: error.code, message: error.message });
      code = exitCodeOf(error);
    }
  }
  context.show({ queue, results }, () =>
    results
      .flatMap(({ id, outcome: what, error }) => (error ? [] : [`${oneLine(id)}: ${what}\n`]))
      .join(''),
  );
  if (context.json) return code;
  for (const { message } of results) if (message !== undefined) context.note(oneLine(message));
  return code;
}
