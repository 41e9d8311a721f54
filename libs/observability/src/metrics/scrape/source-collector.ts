import type { Clock } from '@loyalnest/core';
import { BoundAbortController } from '@loyalnest/core/toolkit';
import { SourceTimeoutError } from './source-timeout.error.js';

/**
 * Asks one source and waits for it no longer than `timeoutMs`. The source is not asked again while
 * an answer is outstanding: if Redis hangs for an hour, one request to it is waiting, not 700.
 */
export class SourceCollector<Answer> {
  private pending: Promise<Answer> | undefined;

  constructor(
    readonly name: string,
    private readonly ask: (signal: AbortSignal) => Promise<Answer>,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the answer of the source.
   *
   * @throws SourceTimeoutError if it does not answer in time, or else the error of the source
   */
  async collect(): Promise<Answer> {
    const overdue = new SourceTimeoutError(this.name, this.timeoutMs);
    if (this.pending) throw overdue;
    const giveUp = new BoundAbortController();
    const asked = this.ask(giveUp.signal);
    const settled = (): void => {
      this.pending = undefined;
    };
    this.pending = asked;
    asked.then(settled, settled);
    return new Promise((resolve, reject) => {
      const cancel = this.clock.schedule(
        () => {
          giveUp.abort(overdue);
          reject(overdue);
        },
        this.timeoutMs,
        false,
      );
      asked.then(resolve, reject).finally(cancel);
    });
  }
}
