import type { Clock } from '@loyalnest/core';
import { SourceTimeoutError } from './source-timeout.error.js';

/**
 * Asks one source, and waits for it no longer than its time. While an answer is still due, the
 * source is not asked again: a Redis that is silent for an hour has one question waiting, not 700.
 */
export class SourceCollector<Answer> {
  private pending: Promise<Answer> | undefined;

  constructor(
    readonly name: string,
    private readonly ask: (signal: AbortSignal) => Promise<Answer>,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {}

  /** @throws SourceTimeoutError, or what the source threw */
  async collect(): Promise<Answer> {
    const overdue = new SourceTimeoutError(this.name, this.timeoutMs);
    if (this.pending) throw overdue;
    const giveUp = new AbortController();
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
