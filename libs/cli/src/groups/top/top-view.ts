import type { QueueContext } from '../../session/queue-session.js';
import { printable } from '../../terminal/printable.js';
import { queueTable, readOverviews } from '../queues/queue-table.js';
import { screen } from './screen.js';

/** Finding the queues scans the whole keyspace, so it happens less often than reading them. */
const FIND_QUEUES_EVERY_MS = 30_000;

/** Reads the queues again and again, and prints each reading. */
export class TopView {
  private names: readonly string[] = [];
  private foundAtMs = -Infinity;

  constructor(
    private readonly context: QueueContext,
    /** Whether each reading overwrites the one before it. */
    private readonly live: boolean,
  ) {}

  async update(): Promise<void> {
    const { context } = this;
    const now = context.session.clock.now();
    if (now - this.foundAtMs >= FIND_QUEUES_EVERY_MS) {
      this.names = await context.session.queues();
      this.foundAtMs = now;
    }
    const queues = await readOverviews(context.session, this.names);
    if (this.live) this.show(queueTable(context, queues));
    else {
      const at = this.time;
      context.show({ at, queues }, () => `${at}\n\n${queueTable(context, queues)}\n`);
    }
  }

  /** Replaces what is on the screen. */
  show(lines: string): void {
    const { io } = this.context;
    const shown = [this.time, '', ...printable(lines).trimEnd().split('\n')];
    io.drawOut(screen(shown, io.rows, io.columns));
  }

  private get time(): string {
    return new Date(this.context.session.clock.now()).toISOString();
  }
}
