import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { scheduleInBackground } from '@loyalnest/core/toolkit';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import type { LevelWithSilent } from 'pino';
import { MODULE_OPTIONS_TOKEN } from './logging.module-definition.js';
import type { LoggingModuleOptions } from './logging.options.js';

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Changes the log level while the process runs. It applies to running requests too. */
@Injectable()
export class LogLevel implements OnModuleDestroy {
  private readonly configured: LevelWithSilent;
  private readonly clock: Clock;
  private cancel: (() => void) | undefined;

  // Injecting the logger makes sure that nestjs-pino has created its root logger.
  constructor(_logger: PinoLogger, @Inject(MODULE_OPTIONS_TOKEN) options: LoggingModuleOptions) {
    this.configured = options.level ?? 'info';
    this.clock = options.clock ?? new SystemClock();
  }

  /** The level that applies now. */
  get current(): LevelWithSilent {
    return PinoLogger.root.level as LevelWithSilent;
  }

  /**
   * Sets the level at once.
   *
   * @param duration after it the configured level applies again; without it the new level stays
   * @throws OptionError if `level` or `duration` is not valid
   */
  set(level: string, duration?: Duration | string): void {
    const afterMs = this.check(level, duration);
    this.onModuleDestroy();
    PinoLogger.root.level = level;
    if (afterMs === undefined) return;
    const restore = (): void => {
      PinoLogger.root.level = this.configured;
    };
    this.cancel = scheduleInBackground(this.clock, restore, afterMs);
  }

  private check(level: string, duration: Duration | string | undefined): number | undefined {
    if (!LEVELS.includes(level)) {
      throw new OptionError('LogLevel.level', level, `use one of ${LEVELS.join(', ')}`);
    }
    return duration === undefined
      ? undefined
      : durationMs('LogLevel.duration', duration, { minMs: 1 });
  }

  onModuleDestroy(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
