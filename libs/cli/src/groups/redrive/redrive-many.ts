import {
  RedriveTaskActiveError,
  requireFilter,
  resolveRedrive,
  type BulkRedrive,
} from '@loyalnest/queue/operator';
import { EXIT, type ExitCode } from '../../exit/exit-code.js';
import { actorOf, type ActorFlags } from '../../options/actor-option.js';
import { filterOf, type FilterFlags } from '../../options/filter-options.js';
import { numberOf } from '../../options/number-option.js';
import type { QueueContext } from '../../session/queue-session.js';
import { endOf, RedriveRun, type OnInterrupt } from './redrive-run.js';
import { taskTable } from './task-table.js';

export interface RedriveManyFlags extends FilterFlags, ActorFlags {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly rate?: string;
  readonly canary?: string;
  readonly canaryTimeout?: string;
  readonly maxFailedRatio?: string;
  readonly onInterrupt: OnInterrupt;
  readonly yes?: boolean;
}

/**
 * Redrives all dead letters that match, as a task in the foreground. If another task is active, it
 * follows that task instead.
 */
export async function redriveMany(
  context: QueueContext,
  queue: string,
  flags: RedriveManyFlags,
): Promise<ExitCode> {
  const { session } = context;
  const actor = actorOf(flags);
  const request = requestOf(flags, session.clock.now());
  requireFilter(request.filter ?? {}, request.all ?? false);
  // Reports an invalid option before it asks for confirmation.
  resolveRedrive({ ...request, by: actor.by }, session.clock.now());
  const admin = await session.admin(queue);
  const run = new RedriveRun(context, admin, actor, flags.onInterrupt);
  const count = await admin.redrives.count(request.filter);
  if (flags.dryRun || count === 0) {
    context.show({ count }, () => `${count} dead letters of '${queue}' would be redriven\n`);
    return EXIT.ok;
  }
  const refused = await context.confirm(`Redrive ${count} dead letters of '${queue}'?`, flags.yes);
  if (refused !== undefined) return refused;
  try {
    const started = await session.commands.startRedrive(admin, actor, request);
    const end = await run.toEnd(started);
    context.show({ count, task: end }, () => taskTable(context, [end]));
    return endOf(end, context.io.interrupted.aborted);
  } catch (error) {
    if (!(error instanceof RedriveTaskActiveError)) throw error;
    const { id, by } = await admin.redrives.get(error.task);
    context.note(`task '${id}' by '${by}' is active; following it instead of starting another`);
    const end = await run.toEnd(await admin.redrives.get(id));
    context.show({ count, following: end }, () => taskTable(context, [end]));
    return EXIT.conflict;
  }
}

function requestOf(flags: RedriveManyFlags, nowMs: number): BulkRedrive {
  const rate = numberOf('--rate', flags.rate);
  const canary = numberOf('--canary', flags.canary);
  const stopAbove = numberOf('--max-failed-ratio', flags.maxFailedRatio);
  return {
    filter: filterOf(flags, nowMs),
    all: flags.all ?? false,
    ...(rate !== undefined && { rate }),
    ...(canary !== undefined && { canary }),
    ...(flags.canaryTimeout !== undefined && {
      canaryTimeout: flags.canaryTimeout as `${number}s`,
    }),
    ...(stopAbove !== undefined && { stopAbove }),
  };
}
