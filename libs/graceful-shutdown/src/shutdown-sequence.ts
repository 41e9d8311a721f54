import type { Clock, DrainPhase, DrainStep } from '@loyalnest/core';
import { Logger } from '@nestjs/common';
import {
  shutdownBegan,
  shutdownEnded,
  shutdownPhaseEnded,
  type ShutdownCause,
  type ShutdownPhaseEnded,
} from './graceful-shutdown.events.js';
import type { ShutdownBudget } from './graceful-shutdown.options.js';
import type { AppLifecycle } from './app-lifecycle.js';
import type { HttpDrain } from './http/http-drain.js';
import type { ProcessControl } from './process/process-control.js';
import { stackOf } from './steps/stack-of.js';
import { runSteps } from './steps/run-steps.js';
import type { ShutdownParticipants } from './steps/shutdown-participants.js';

export interface SequenceOptions {
  readonly cause: ShutdownCause;
  readonly budget: ShutdownBudget;
  readonly clock: Clock;
  readonly process: ProcessControl;
}

const CLOSING: readonly DrainPhase[] = ['close-queues', 'close-databases', 'close-connections'];
/** `stop-intake` must return immediately; a step that does not must not delay the jobs. */
const STOP_INTAKE_MS = 1_000;

/** One shutdown, from the signal to the exit. */
export class ShutdownSequence {
  private readonly logger = new Logger('GracefulShutdown');
  private readonly startedAt: number;
  private readonly stuck = new Set<string>();
  private readonly unfinished = new Set<DrainStep>();
  private steps: readonly DrainStep[] = [];
  private failed = false;

  constructor(
    private readonly http: HttpDrain,
    private readonly participants: ShutdownParticipants,
    private readonly app: AppLifecycle,
    private readonly options: SequenceOptions,
  ) {
    this.startedAt = options.clock.monotonic();
  }

  /** Makes the process exit with 1, even if every step succeeds. */
  fail(): void {
    this.failed = true;
  }

  /**
   * Readiness has failed and intake has stopped when this returns; the other steps follow in the
   * background. During a boot, intake stops when the boot has ended, because it has not started yet.
   */
  run(): void {
    const { cause, budget, clock } = this.options;
    clock.schedule(() => this.giveUp(), budget.deadlineMs, false);
    const wasBooting = this.app.isBooting;
    this.participants.notify('draining');
    this.http.announce();
    const intakeStopped = wasBooting ? this.endOfBoot() : this.stopIntake();
    const { routes } = this.http;
    this.logger.log(`${cause}: shutting down, ${routes.length} requests are running`);
    shutdownBegan.publish({ cause, running: routes });
    this.finish(intakeStopped, wasBooting ? intakeStopped : this.endpointRemoved()).then(
      () => this.exit(this.failed ? 1 : 0),
      (error: unknown) => {
        this.logger.error('the shutdown failed', stackOf(error));
        this.exit(1);
      },
    );
  }

  /** Uses the time for requests, because no load balancer knows this instance yet. */
  private async endOfBoot(): Promise<void> {
    const { budget, clock } = this.options;
    const startedAt = clock.monotonic();
    await this.app.booted(budget.propagationMs + budget.httpDrainMs / 2, clock);
    this.ended('boot', startedAt, this.app.isBooting ? ['app.init()'] : []);
    await this.stopIntake();
  }

  private async endpointRemoved(): Promise<void> {
    const { budget, clock } = this.options;
    if (budget.propagationMs > 0) await clock.sleep(budget.propagationMs);
  }

  private stopIntake(): Promise<void> {
    this.steps = this.participants.steps();
    return this.phase('stop-intake', Math.min(STOP_INTAKE_MS, this.options.budget.jobDrainMs));
  }

  private exit(code: number): void {
    const { cause, process } = this.options;
    const durationMs = Math.round(this.elapsedMs);
    shutdownEnded.publish({ cause, durationMs, exitCode: code, stuck: [...this.stuck] });
    process.exit(code);
  }

  /** @param removed resolves when load balancers should have removed this instance */
  private async finish(intakeStopped: Promise<void>, removed: Promise<void>): Promise<void> {
    const { budget, clock } = this.options;
    await Promise.all([
      removed.then(() => this.drainHttp()),
      intakeStopped.then(() => this.phase('drain', budget.jobDrainMs - this.elapsedMs)),
    ]);
    await this.hooks();
    const closingAt = clock.monotonic();
    for (const [index, phase] of CLOSING.entries()) {
      // Each phase has a third of the time, plus whatever the earlier ones left.
      const endsAt = closingAt + (budget.closeMs * (index + 1)) / CLOSING.length;
      await this.phase(phase, endsAt - clock.monotonic());
    }
    if (this.stuck.size > 0) this.reportStuck();
    else this.logger.log(`shut down in ${Math.round(this.elapsedMs)} ms`);
    await this.phase('flush', budget.flushMs);
  }

  private get elapsedMs(): number {
    return this.options.clock.monotonic() - this.startedAt;
  }

  private async drainHttp(): Promise<void> {
    const { budget, clock } = this.options;
    const startedAt = clock.monotonic();
    const cancel = (): void => this.participants.notify('cancelling');
    const capMs = budget.propagationMs + budget.httpDrainMs - this.elapsedMs;
    const cutOff = await this.http.drain(Math.max(0, capMs), cancel, clock);
    this.ended('http', startedAt, cutOff);
  }

  private async hooks(): Promise<void> {
    const { budget, clock } = this.options;
    const startedAt = clock.monotonic();
    const hooks: DrainStep = { phase: 'drain', name: 'app.close()', run: () => this.app.close() };
    this.unfinished.add(hooks);
    const { stuck, failures } = await runSteps([hooks], budget.hooksMs, clock);
    this.unfinished.delete(hooks);
    this.logFailures(failures);
    this.ended('hooks', startedAt, stuck.map(describe));
  }

  private async phase(phase: DrainPhase, capMs: number): Promise<void> {
    const { clock } = this.options;
    const startedAt = clock.monotonic();
    const steps = this.steps.filter((step) => step.phase === phase);
    for (const step of steps) this.unfinished.add(step);
    const { stuck, failures } = await runSteps(steps, Math.max(0, capMs), clock);
    for (const step of steps) this.unfinished.delete(step);
    this.logFailures(failures);
    this.ended(phase, startedAt, stuck.map(describe));
  }

  private ended(
    phase: ShutdownPhaseEnded['phase'],
    startedAt: number,
    stuck: readonly string[],
  ): void {
    const durationMs = Math.round(this.options.clock.monotonic() - startedAt);
    shutdownPhaseEnded.publish({ phase, durationMs, stuck });
    if (stuck.length === 0) return;
    this.failed = true;
    for (const name of stuck) this.stuck.add(`${phase}: ${name}`);
    this.logger.error(`${phase}: not done after ${durationMs} ms: ${stuck.join('; ')}`);
  }

  private logFailures(failures: readonly { step: DrainStep; error: unknown }[]): void {
    for (const { step, error } of failures) {
      this.failed = true;
      this.logger.error(`${step.phase}: ${step.name} failed`, stackOf(error));
    }
  }

  /** The hard deadline: exits and reports why, before the orchestrator kills the process. */
  private giveUp(): void {
    for (const step of this.unfinished) this.stuck.add(`${step.phase}: ${describe(step)}`);
    for (const route of this.http.routes) this.stuck.add(`http: ${route}`);
    this.logger.error(`not shut down within ${this.options.budget.deadlineMs} ms`);
    this.reportStuck();
    this.exit(1);
  }

  private reportStuck(): void {
    const resources = countOf(this.options.process.activeResources());
    this.logger.error(`stuck: ${[...this.stuck].join('; ')}. Active resources: ${resources}`);
  }
}

/** The step's name with its pending work. */
function describe(step: DrainStep): string {
  const pending = step.pending?.() ?? [];
  return pending.length === 0 ? step.name : `${step.name} (${pending.join(', ')})`;
}

/** `Timeout, TCPSocketWrap, Timeout` becomes `Timeout x2, TCPSocketWrap`. */
function countOf(kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => (count > 1 ? `${kind} x${count}` : kind)).join(', ');
}
