import { OptionError } from '@loyalnest/core';
import type { QueueAdmin } from '../../admin/admin-commands.js';
import type { Actor } from '../../admin/audit-record.js';
import type { RedriveTask } from '../../redrive/redrive-task.js';
import type { CliContext } from '../cli-context.js';
import { EXIT, type ExitCode } from '../exit-code.js';

/** What Ctrl-C does to the task. */
export type OnInterrupt = 'stop' | 'cancel';

const LOOK_EVERY_MS = 500;
const ENDS: readonly string[] = ['completed', 'stopped', 'cancelled'];
const CLEAR_LINE = '\r\u001b[K';

/** Runs a task in the foreground, or follows the service that runs it. */
export class RedriveRun {
  private told = '';

  constructor(
    private readonly context: CliContext,
    private readonly admin: QueueAdmin,
    private readonly actor: Actor,
    private readonly onInterrupt: OnInterrupt,
  ) {
    if (['stop', 'cancel'].includes(onInterrupt)) return;
    throw new OptionError('--on-interrupt', onInterrupt, 'use stop or cancel');
  }

  /** Ends with the task, or at Ctrl-C. The task as it stands then. */
  async toEnd({ id, queue }: RedriveTask): Promise<RedriveTask> {
    const { io, session } = this.context;
    const over = new AbortController();
    const progress = this.follow(id, over.signal);
    try {
      while (!io.interrupted.aborted) {
        const end = await this.admin.redrives.run(id, io.interrupted);
        if (end === 'ended') break;
        // A service has it; when that one is gone, this process goes on.
        await session.clock.sleep(LOOK_EVERY_MS, { signal: io.interrupted }).catch(() => undefined);
      }
    } finally {
      over.abort();
      await progress;
    }
    const task = await this.admin.redrives.get(id);
    if (!io.interrupted.aborted || ENDS.includes(task.state)) return task;
    if (this.onInterrupt === 'cancel') {
      return session.commands.cancelRedrive(this.admin, this.actor, id);
    }
    this.context.note(
      `task ${id} is not over: a service of ${queue} goes on with it if one is up. ` +
        `Go on with it: loyalnest redrives resume ${queue}. ` +
        `End it: loyalnest redrives cancel ${queue} ${id}`,
    );
    return task;
  }

  private async follow(id: string, over: AbortSignal): Promise<void> {
    const { io, session, json } = this.context;
    if (json) return;
    while (!over.aborted) {
      const task = await this.admin.redrives.get(id).catch(() => undefined);
      if (task) this.tell(task);
      await session.clock.sleep(LOOK_EVERY_MS, { signal: over }).catch(() => undefined);
    }
    if (io.isTerminal) io.err(CLEAR_LINE);
  }

  /** A line that changes for a person, and one for each state for a log. */
  private tell(task: RedriveTask): void {
    const { io } = this.context;
    const { state, redriven, total, succeeded } = task;
    const failed = task.failedAgain + task.failing;
    const line = `${state}: ${redriven} of ${total} redriven, ${succeeded} succeeded, ${failed} failed`;
    if (io.isTerminal) io.err(`${CLEAR_LINE}${line}`);
    else if (this.told !== state) io.err(`${line}\n`);
    this.told = state;
  }
}

export function endOf({ state }: RedriveTask, interrupted: boolean): ExitCode {
  if (state === 'completed') return EXIT.ok;
  return interrupted ? EXIT.interrupted : EXIT.failed;
}
