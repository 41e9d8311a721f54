import { OptionError } from '@loyalnest/core';
import {
  Inject,
  Injectable,
  Logger,
  type INestApplicationContext,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { constants } from 'node:os';
import type { ShutdownCause } from './graceful-shutdown.events.js';
import { MODULE_OPTIONS_TOKEN } from './graceful-shutdown.module-definition.js';
import {
  emergencyBudget,
  resolveShutdownOptions,
  type GracefulShutdownModuleOptions,
  type ShutdownPolicy,
} from './graceful-shutdown.options.js';
import { HttpDrain } from './http/http-drain.js';
import { refuseLossyOptions } from './http/refuse-lossy-options.js';
import type { ProcessEvent } from './process/process-control.js';
import { stackOf } from './stack-of.js';
import { ShutdownSequence } from './shutdown-sequence.js';
import { ShutdownParticipants } from './steps/shutdown-participants.js';

/** npm and terminals deliver one Ctrl-C several times, within a few milliseconds. */
const SAME_SIGNAL_MS = 30;

/**
 * Owns SIGTERM, SIGINT and errors that nobody caught: each of them ends the process in order, and
 * in any case before its deadline. A second signal ends it at once.
 */
@Injectable()
export class GracefulShutdown implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('GracefulShutdown');
  private readonly policy: ShutdownPolicy;
  private readonly handlers: Readonly<Record<ProcessEvent, (value: unknown) => void>>;
  private app: INestApplicationContext | undefined;
  private sequence: ShutdownSequence | undefined;
  private beganAt = 0;
  private fatalErrors = 0;

  constructor(
    private readonly http: HttpDrain,
    private readonly participants: ShutdownParticipants,
    @Inject(MODULE_OPTIONS_TOKEN) options: GracefulShutdownModuleOptions,
  ) {
    this.policy = resolveShutdownOptions(options);
    this.handlers = {
      SIGTERM: () => this.onSignal('SIGTERM'),
      SIGINT: () => this.onSignal('SIGINT'),
      uncaughtException: (error) => this.onFatal('uncaughtException', error),
      unhandledRejection: (reason) => this.onFatal('unhandledRejection', reason),
    };
  }

  /**
   * Takes over the signals for `app`. Call it in main, before the application listens, in place of
   * `app.enableShutdownHooks()`.
   *
   * @throws OptionError if the application uses `forceCloseConnections`, `return503OnClosing` or
   * `enableShutdownHooks()`, or was attached before
   */
  attach(app: INestApplicationContext): void {
    if (this.app) throw new OptionError('GracefulShutdown.attach', 2, 'attach the app once');
    refuseLossyOptions(app);
    this.app = app;
    for (const [event, handler] of this.entries()) this.policy.process.on(event, handler);
  }

  /** Whether a shutdown has begun. */
  get isDraining(): boolean {
    return this.sequence !== undefined;
  }

  onApplicationBootstrap(): void {
    if (this.app) {
      refuseLossyOptions(this.app);
      return;
    }
    this.logger.warn(
      'GracefulShutdownModule is imported but does nothing: call ' +
        'app.get(GracefulShutdown).attach(app) before app.listen()',
    );
  }

  /** An application that is closed by its own code leaves no handlers behind. */
  onApplicationShutdown(): void {
    if (this.isDraining) return;
    for (const [event, handler] of this.entries()) this.policy.process.off(event, handler);
  }

  private onSignal(signal: 'SIGTERM' | 'SIGINT'): void {
    if (!this.sequence) {
      this.begin(signal);
      return;
    }
    if (this.policy.clock.monotonic() - this.beganAt < SAME_SIGNAL_MS) return;
    this.logger.error(`${signal} again: exit at once`);
    this.policy.process.exit(128 + constants.signals[signal]);
  }

  private onFatal(cause: 'uncaughtException' | 'unhandledRejection', error: unknown): void {
    // In the message: not every logger prints what comes after it.
    this.logger.fatal(`${cause}: the process will end: ${stackOf(error)}`);
    this.fatalErrors++;
    if (this.fatalErrors > 1) this.policy.process.exit(1);
    else if (this.sequence) this.sequence.fail();
    else this.begin(cause);
  }

  private begin(cause: ShutdownCause): void {
    const { clock, budget, process } = this.policy;
    const isFatal = cause !== 'SIGTERM' && cause !== 'SIGINT';
    this.beganAt = clock.monotonic();
    this.sequence = new ShutdownSequence(this.http, this.participants, () => this.app!.close(), {
      cause,
      clock,
      process,
      budget: isFatal ? emergencyBudget(budget) : budget,
    });
    if (isFatal) this.sequence.fail();
    this.sequence.run();
  }

  private entries(): [ProcessEvent, (value: unknown) => void][] {
    return Object.entries(this.handlers) as [ProcessEvent, (value: unknown) => void][];
  }
}
