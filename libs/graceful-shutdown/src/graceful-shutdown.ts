import { OBSERVE_METRICS, OptionError, type Measurement, type MetricSource } from '@loyalnest/core';
import {
  Inject,
  Injectable,
  Logger,
  type INestApplicationContext,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { AppLifecycle } from './app-lifecycle.js';
import { DrainingError } from './draining.error.js';
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
import { stackOf } from './steps/stack-of.js';
import { ShutdownSequence } from './shutdown-sequence.js';
import { ShutdownParticipants } from './steps/shutdown-participants.js';

/** npm and terminals deliver one Ctrl-C several times, within a few milliseconds. */
const SAME_SIGNAL_MS = 30;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Shuts the process down in order on SIGTERM, SIGINT and uncaught errors, and always before its
 * deadline. A second signal exits immediately.
 */
@Injectable()
export class GracefulShutdown
  implements OnApplicationBootstrap, OnApplicationShutdown, MetricSource
{
  readonly metricSource = 'graceful-shutdown';
  private readonly logger = new Logger('GracefulShutdown');
  private readonly policy: ShutdownPolicy;
  private readonly handlers: Readonly<Record<ProcessEvent, (value: unknown) => void>>;
  private readonly drain = new AbortController();
  private readonly removeEarlyHandlers: readonly (() => void)[];
  private app: AppLifecycle | undefined;
  private nestApp: INestApplicationContext | undefined;
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
    setMaxListeners(0, this.drain.signal);
    this.removeEarlyHandlers = this.policy.process.isInit
      ? SIGNALS.map((name) => this.exitOn(name))
      : [];
  }

  /**
   * Handles the signals for `app`. Call it in main before the application listens, instead of
   * `app.enableShutdownHooks()`.
   *
   * @throws OptionError if the application uses `forceCloseConnections`, `return503OnClosing` or
   * `enableShutdownHooks()`, or is already attached
   */
  attach(app: INestApplicationContext): void {
    if (this.app) throw new OptionError('GracefulShutdown.attach', 2, 'attach the app once');
    refuseLossyOptions(app);
    this.app = new AppLifecycle(app);
    this.nestApp = app;
    for (const remove of this.removeEarlyHandlers) remove();
    for (const [event, handler] of this.entries()) this.policy.process.on(event, handler);
  }

  /** Whether a shutdown has begun. */
  get isDraining(): boolean {
    return this.sequence !== undefined;
  }

  /**
   * Aborts in the tick in which a shutdown begins, while everything still works: end long streams
   * and loops, and start no long work. Requests have it in their context as `drainSignal`.
   */
  get drainSignal(): AbortSignal {
    return this.drain.signal;
  }

  [OBSERVE_METRICS](): readonly Measurement[] {
    return [
      {
        name: 'loyalnest_graceful_shutdown_draining',
        help: 'Whether a shutdown has begun: 1 or 0',
        value: this.isDraining ? 1 : 0,
      },
      {
        name: 'loyalnest_graceful_shutdown_running_requests',
        help: 'Requests and upgraded connections that a shutdown would wait for',
        value: this.http.routes.length,
      },
    ];
  }

  onApplicationBootstrap(): void {
    this.participants.warnOfLostSteps();
    if (this.nestApp) {
      refuseLossyOptions(this.nestApp);
      return;
    }
    this.logger.warn(
      'GracefulShutdownModule is imported but does nothing: call ' +
        'app.get(GracefulShutdown).attach(app) before app.listen()',
    );
  }

  /** Removes the handlers when the application's own code closes it. */
  onApplicationShutdown(): void {
    if (this.isDraining) return;
    for (const remove of this.removeEarlyHandlers) remove();
    for (const [event, handler] of this.entries()) this.policy.process.off(event, handler);
  }

  private onSignal(signal: 'SIGTERM' | 'SIGINT'): void {
    if (!this.sequence) {
      this.begin(signal);
      return;
    }
    if (this.policy.clock.monotonic() - this.beganAt < SAME_SIGNAL_MS) return;
    this.logger.error(`${signal} during the shutdown: exiting immediately`);
    this.policy.process.exit(128 + constants.signals[signal]);
  }

  private onFatal(cause: 'uncaughtException' | 'unhandledRejection', error: unknown): void {
    // The stack is part of the message because not every logger prints further arguments.
    this.logger.fatal(`${cause}: the process will exit: ${stackOf(error)}`);
    this.fatalErrors++;
    if (this.fatalErrors > 1) this.policy.process.exit(1);
    else if (this.sequence) this.sequence.fail();
    else this.begin(cause);
  }

  private begin(cause: ShutdownCause): void {
    const { clock, budget, process } = this.policy;
    const isFatal = cause !== 'SIGTERM' && cause !== 'SIGINT';
    this.beganAt = clock.monotonic();
    this.sequence = new ShutdownSequence(this.http, this.participants, this.app!, {
      cause,
      clock,
      process,
      budget: isFatal ? emergencyBudget(budget) : budget,
    });
    if (isFatal) this.sequence.fail();
    this.sequence.run();
    this.drain.abort(new DrainingError(cause));
  }

  /**
   * Exits on a signal until the application is attached. The kernel does that for any process
   * without a handler except the first one of a container.
   *
   * @returns a function that removes the handler
   */
  private exitOn(signal: (typeof SIGNALS)[number]): () => void {
    const { process } = this.policy;
    const exit = (): void => process.exit(128 + constants.signals[signal]);
    process.on(signal, exit);
    return () => process.off(signal, exit);
  }

  private entries(): [ProcessEvent, (value: unknown) => void][] {
    return Object.entries(this.handlers) as [ProcessEvent, (value: unknown) => void][];
  }
}
