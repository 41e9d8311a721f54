import type { CancelTimer, Clock, RequestPriority } from '@loyalnest/core';
import { scheduleInBackground } from '@loyalnest/core/toolkit';
import { Logger } from '@nestjs/common';
import { requestsRefused, type RefusalReason } from './overload.events.js';

const COUNT_MS = 1_000;
/** Seconds between two lines of the log. */
const LINE_EVERY = 10;

interface Refused {
  readonly priority: RequestPriority;
  readonly reason: RefusalReason;
  /** Since the last event. */
  count: number;
  /** Since the last line. */
  unlogged: number;
}

/** Reports refusals in aggregate: an event a second, a line each 10 s. No timer runs without refusals. */
export class RefusalReport {
  private readonly logger = new Logger('Overload');
  private readonly refused = new Map<string, Refused>();
  private cancel: CancelTimer | undefined;
  private seconds = 0;

  constructor(
    private readonly app: string,
    private readonly clock: Clock,
    private readonly state: () => string,
  ) {}

  note(priority: RequestPriority, reason: RefusalReason): void {
    const key = `${priority} ${reason}`;
    let entry = this.refused.get(key);
    if (!entry) this.refused.set(key, (entry = { priority, reason, count: 0, unlogged: 0 }));
    entry.count++;
    entry.unlogged++;
    this.cancel ??= scheduleInBackground(this.clock, () => this.tick(), COUNT_MS);
  }

  /** Reports what is not reported yet. */
  flush(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.seconds = 0;
    this.publish();
    this.log();
  }

  private tick(): void {
    this.cancel = undefined;
    this.publish();
    // The first second of an overload is logged at once.
    if (this.seconds++ % LINE_EVERY === 0) this.log();
    if (this.seconds % LINE_EVERY === 0 && this.isQuiet) this.seconds = 0;
    else this.cancel = scheduleInBackground(this.clock, () => this.tick(), COUNT_MS);
  }

  private get isQuiet(): boolean {
    return [...this.refused.values()].every(({ unlogged }) => unlogged === 0);
  }

  private publish(): void {
    for (const entry of this.refused.values()) {
      const { priority, reason, count } = entry;
      entry.count = 0;
      if (count > 0) requestsRefused.publish({ app: this.app, priority, reason, count });
    }
  }

  private log(): void {
    const entries = [...this.refused.values()].filter(({ unlogged }) => unlogged > 0);
    if (entries.length === 0) return;
    const total = entries.reduce((sum, { unlogged }) => sum + unlogged, 0);
    const parts = entries.map(
      ({ priority, reason, unlogged }) => `${unlogged} ${priority} (${reason})`,
    );
    for (const entry of entries) entry.unlogged = 0;
    this.logger.warn(
      `refused ${total} requests because of overload: ${parts.join(', ')}; ${this.state()}`,
    );
  }
}
