import { OptionError } from '@loyalnest/core';
import {
  ENDED_STATES,
  type Actor,
  type QueueAdmin,
  type RedriveTask,
} from '@loyalnest/queue/operator';
import { EXIT, type ExitCode } from '../../exit/exit-code.js';
import type { QueueContext } from '../../session/queue-session.js';
import { oneLine } from '../../terminal/printable.js';

/** What Ctrl-C does to the task: leave it to be resumed, or cancel it. */
export type OnInterrupt = 'stop' | 'cancel';

const POLL_EVERY_MS = 500;
const CLEAR_LINE = '\r\u001b[K';

/** Runs a redrive task in the foreground, or follows the process that runs it. */
export class RedriveRun {
  private printed = '';

  /** @throws OptionError if `onInterrupt` is neither `stop` nor `cancel` */
  constructor(
    private readonly context: QueueContext,
    private readonly admin: QueueAdmin,
    private readonly actor: Actor,
    private readonly onInterrupt: OnInterrupt,
  ) {
    if (['stop', 'cancel'].includes(onInterrupt)) return;
    throw new OptionError('--on-interrupt', onInterrupt, 'use stop or cancel');
  }

  /** Resolves with the task when it has ended, or as it is at Ctrl-C. */
  async toEnd({ id, queue }: RedriveTask): Promise<RedriveTask> {
    const { io, session } = this.context;
    const over = new AbortController();
    const progress = this.follow(id, over.signal);
    try {
      while (!io.interrupted.aborted) {
        const end = await this.admin.redrives.run(id, io.interrupted);
        if (end === 'ended') break;
        // Another process runs the task. If that process dies, this one continues.
        await session.clock.sleep(POLL_EVERY_MS, { signal: io.interrupted }).catch(() => undefined);
      }
    } finally {
      over.abort();
      await progress;
    }
    const task = await this.admin.redrives.get(id);
    if (!io.interrupted.aborted || ENDED_STATES.includes(task.state)) return task;
    if (this.onInterrupt === 'cancel') {
      return session.commands.cancelRedrive(this.admin, this.actor, id);
    }
    this.context.note(
      `task '${id}' has not ended; a running service of '${queue}' continues it. ` +
        `To continue it here: loyalnest redrives resume ${queue}. ` +
        `To end it: loyalnest redrives cancel ${queue} ${id}`,
    );
    return task;
  }

  private async follow(id: string, over: AbortSignal): Promise<void> {
    const { io, session, json } = this.context;
    if (json) return;
    while (!over.aborted) {
      const task = await this.admin.redrives.get(id).catch(() => undefined);
      if (task) this.print(task);
      await session.clock.sleep(POLL_EVERY_MS, { signal: over }).catch(() => undefined);
    }
    if (io.isTerminal) io.drawErr(CLEAR_LINE);
  }

  /** On a terminal, one line that changes; elsewhere, such as in a log, a line for each state. */
  private print(task: RedriveTask): void {
    const { io } = this.context;
    const { state, redriven, total, succeeded } = task;
    const failed = task.failedAgain + task.failing;
    const line = `${state}: ${redriven} of ${total} redriven, ${succeeded} succeeded, ${failed} failed`;
    if (io.isTerminal) io.drawErr(`${CLEAR_LINE}${oneLine(line)}`);
    else if (this.printed !== state) io.err(`${oneLine(line)}\n`);
    this.printed = state;
  }
}

/** The exit code for a task as it is when the command ends. */
export function endOf({ state }: RedriveTask, interrupted: boolean): ExitCode {
  if (state === 'completed') return EXIT.ok;
  return interrupted ? EXIT.interrupted : EXIT.failed;
}
