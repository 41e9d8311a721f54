import type { Clock } from '@loyalnest/core';
import type { INestApplicationContext } from '@nestjs/common';

/** Internals of Nest's application that show the progress of its boot. */
interface Startable {
  readonly isInitialized?: boolean;
  readonly initializationPromise?: Promise<unknown>;
}

const POLL_MS = 20;

/** Observes the boot of the application and closes it. */
export class AppLifecycle {
  constructor(private readonly app: INestApplicationContext) {}

  /** True until all of its boot hooks have run. */
  get isBooting(): boolean {
    return (this.app as Startable).isInitialized === false;
  }

  /** Resolves when the boot has succeeded or failed, or after `capMs`. */
  async booted(capMs: number, clock: Clock): Promise<void> {
    const giveUpAt = clock.monotonic() + capMs;
    const boot = { failed: false, watched: false };
    while (this.isBooting && !boot.failed && clock.monotonic() < giveUpAt) {
      const { initializationPromise } = this.app as Startable;
      if (initializationPromise && !boot.watched) {
        boot.watched = true;
        initializationPromise.catch(() => (boot.failed = true));
      }
      await clock.sleep(POLL_MS);
    }
  }

  /** Runs Nest's shutdown hooks. */
  close(): Promise<void> {
    return this.app.close();
  }
}
