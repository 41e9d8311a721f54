import {
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
} from '@loyalnest/core';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

/** Writes out the lines that a `destination` of the application's own still holds. */
@Injectable()
export class LogFlush implements Drainable, ShutdownListener, OnApplicationShutdown {
  private draining = false;

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'flush', name: 'log', run: () => this.flush() }];
  }

  /** Without a graceful shutdown this is the last chance; in one, other hooks still write. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.draining) await this.flush();
  }

  /** A destination that cannot be flushed is done at once. */
  private flush(): Promise<void> {
    return new Promise((resolve) => PinoLogger.root.flush(() => resolve()));
  }
}
