import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import type { LevelWithSilent } from 'pino';
import { MODULE_OPTIONS_TOKEN } from './logging.module-definition.js';
import type { LoggingModuleOptions } from './logging.options.js';

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** What is logged, changeable while the process runs; lines of running requests included. */
@Injectable()
export class LogLevel implements OnModuleDestroy {
  private readonly configured: LevelWithSilent;
  private readonly clock: Clock;
  private cancel: (() => void) | undefined;

  // The logger is asked for so that nestjs-pino has made its root.
  constructor(_logger: PinoLogger, @Inject(MODULE_OPTIONS_TOKEN) options: LoggingModuleOptions) {
    this.configured = options.level ?? 'info';
    this.clock = options.clock ?? new SystemClock();
  }

  get current(): LevelWithSilent {
    return PinoLogger.root.level as LevelWithSilent;
  }

  /**
   * @param duration after which the configured level comes back; without it the level stays
   * @throws OptionError if there is no such level
   */
  set(level: string, duration?: Duration | string): void {
    if (!LEVELS.includes(level)) {
      throw new OptionError('LogLevel.level', level, `use one of ${LEVELS.join(', ')}`);
    }
    const afterMs =
      duration === undefined ? undefined : durationMs('LogLevel.duration', duration, { minMs: 1 });
    this.onModuleDestroy();
    PinoLogger.root.level = level;
    if (afterMs === undefined) return;
    this.cancel = this.clock.schedule(
      () => {
        PinoLogger.root.level = this.configured;
      },
      afterMs,
      false,
    );
  }

  onModuleDestroy(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
