import {
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
} from '@loyalnest/core';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

/** Flushes the lines that the option `destination` still buffers. */
@Injectable()
export class LogFlush implements Drainable, ShutdownListener, OnApplicationShutdown {
  private draining = false;

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'flush', name: 'log', run: () => this.flush() }];
  }

  /**
   * The last chance without a graceful shutdown. In a graceful one, other hooks still write lines.
   */
  async onApplicationShutdown(): Promise<void> {
    if (!this.draining) await this.flush();
  }

  /** Resolves at once if the destination cannot be flushed. */
  private flush(): Promise<void> {
    return new Promise((resolve) => PinoLogger.root.flush(() => resolve()));
  }
}
