import { isLoyalNestError } from '@loyalnest/core';
import { isRedisOutage, type Actor, type QueueAdmin } from '@loyalnest/queue/operator';
import { EXIT, exitCodeOf, type ExitCode } from '../../exit/exit-code.js';
import { actorOf, type ActorFlags } from '../../options/actor-option.js';
import type { QueueContext } from '../../session/queue-session.js';
import { oneLine } from '../../terminal/printable.js';

export type EachFlags = ActorFlags;

interface Result {
  readonly id: string;
  readonly outcome: string;
  readonly error?: string;
  readonly message?: string;
}

/**
 * Runs a command for each id, one after the other. A refused id does not stop the others; an outage
 * of Redis does.
 *
 * @param outcome printed for each id that succeeded
 */
export async function commandEach(
  context: QueueContext,
  queue: string,
  ids: readonly string[],
  flags: EachFlags,
  outcome: string,
  command: (admin: QueueAdmin, actor: Actor, id: string) => Promise<unknown>,
): Promise<ExitCode> {
  const actor = actorOf(flags);
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
      // An outage or a bug would fail the next id too.
      if (!isLoyalNestError(error) || isRedisOutage(error) || error.category === 'unavailable') {
        throw error;
      }
      results.push({ id, outcome: 'refused', error: error.code, message: error.message });
      code = exitCodeOf(error);
    }
  }
  context.show({ queue, results }, () =>
    results
      .flatMap((result) => (result.error ? [] : [`${oneLine(result.id)}: ${result.outcome}\n`]))
      .join(''),
  );
  if (context.json) return code;
  for (const { message } of results) if (message !== undefined) context.note(oneLine(message));
  return code;
}
