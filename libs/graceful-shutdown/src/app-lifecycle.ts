import type { Clock } from '@loyalnest/core';
import type { INestApplicationContext } from '@nestjs/common';

/** What of Nest's application tells how far its start is. */
interface Startable {
  readonly isInitialized?: boolean;
  readonly initializationPromise?: Promise<unknown>;
}

const POLL_MS = 20;

/** The application between its creation and its end. */
export class AppLifecycle {
  constructor(private readonly app: INestApplicationContext) {}

  /** Whether its hooks of the start have not all run yet. */
  get isBooting(): boolean {
    return (this.app as Startable).isInitialized === false;
  }

  /** Resolves when the start has ended, well or not, or after `capMs`. */
  async booted(capMs: number, clock: Clock): Promise<void> {
    const giveUpAt = clock.monotonic() + capMs;
    const start = { failed: false, watched: false };
    while (this.isBooting && !start.failed && clock.monotonic() < giveUpAt) {
      const { initializationPromise } = this.app as Startable;
      if (initializationPromise && !start.watched) {
        start.watched = true;
        initializationPromise.catch(() => (start.failed = true));
      }
      await clock.sleep(POLL_MS);
    }
  }

  /** Runs Nest's hooks of the end. */
  close(): Promise<void> {
    return this.app.close();
  }
}
