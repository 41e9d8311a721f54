import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { SystemProcess } from './process/system-process.js';
import type { ProcessControl } from './process/process-control.js';

export interface GracefulShutdownModuleOptions {
  /**
   * Time from the signal until the orchestrator kills the process: `terminationGracePeriodSeconds`
   * in Kubernetes, `stop_grace_period` in compose. The process exits 2 s earlier. @defaultValue '30s'
   */
  readonly gracePeriod?: Duration;
  /**
   * How long requests are still served as before, because load balancers learn late that this
   * instance is shutting down. @defaultValue '5s' in Kubernetes, otherwise 0
   */
  readonly propagationDelay?: Duration;
  /** Time for running requests after that. @defaultValue '10s' */
  readonly httpDrain?: Duration;
  /** Time for running jobs, counted from the signal. @defaultValue the remaining time */
  readonly jobDrain?: Duration;
  /** Time for `app.close()` with Nest's own hooks. @defaultValue '4s' */
  readonly hooks?: Duration;
  /** Time to close queues, databases and connections together. @defaultValue '2s' */
  readonly close?: Duration;
  /** Time to flush logs and traces. @defaultValue '2s' */
  readonly flush?: Duration;
  /** Source of time. @defaultValue the system clock */
  readonly clock?: Clock;
  /** Signals and exit. @defaultValue the running process */
  readonly process?: ProcessControl;
}

/** Time limit of each part, in milliseconds. */
export interface ShutdownBudget {
  readonly propagationMs: number;
  readonly httpDrainMs: number;
  readonly jobDrainMs: number;
  readonly hooksMs: number;
  readonly closeMs: number;
  readonly flushMs: number;
  /** From the signal until the process exits in any case. */
  readonly deadlineMs: number;
}

export interface ShutdownPolicy {
  readonly budget: ShutdownBudget;
  readonly clock: Clock;
  readonly process: ProcessControl;
}

/** Margin before the orchestrator's SIGKILL, for the report of what is stuck. */
const RESERVE_MS = 2_000;

export function resolveShutdownOptions(
  options: GracefulShutdownModuleOptions,
  environment: NodeJS.ProcessEnv = process.env,
): ShutdownPolicy {
  const inKubernetes = environment['KUBERNETES_SERVICE_HOST'] !== undefined;
  const ms = (name: keyof GracefulShutdownModuleOptions, byDefault: Duration): number =>
    durationMs(path(name), options[name] ?? byDefault);
  const propagationMs = ms('propagationDelay', inKubernetes ? '5s' : 0);
  const httpDrainMs = ms('httpDrain', '10s');
  const [hooksMs, closeMs, flushMs] = [ms('hooks', '4s'), ms('close', '2s'), ms('flush', '2s')];
  const deadlineMs = ms('gracePeriod', '30s') - RESERVE_MS;
  const drainMs = deadlineMs - hooksMs - closeMs - flushMs;
  const jobDrainMs = ms('jobDrain', Math.max(0, drainMs));
  const neededMs = Math.max(propagationMs + httpDrainMs, jobDrainMs);
  if (neededMs > drainMs) {
    const totalMs = neededMs + hooksMs + closeMs + flushMs + RESERVE_MS;
    throw new OptionError(
      path('gracePeriod'),
      options.gracePeriod ?? '30s',
      `the phases need ${totalMs} ms: raise gracePeriod to that, or shorten propagationDelay ` +
        `(${propagationMs} ms), httpDrain (${httpDrainMs} ms), jobDrain (${jobDrainMs} ms), ` +
        `hooks (${hooksMs} ms), close (${closeMs} ms) or flush (${flushMs} ms)`,
    );
  }
  return {
    budget: { propagationMs, httpDrainMs, jobDrainMs, hooksMs, closeMs, flushMs, deadlineMs },
    clock: options.clock ?? new SystemClock(),
    process: options.process ?? new SystemProcess(),
  };
}

/** After an uncaught exception the state is unknown: running work may finish, but quickly. */
export function emergencyBudget(budget: ShutdownBudget): ShutdownBudget {
  const { httpDrainMs, jobDrainMs, hooksMs, closeMs, flushMs } = budget;
  return {
    propagationMs: 0,
    httpDrainMs: Math.min(httpDrainMs, 3_000),
    jobDrainMs: Math.min(jobDrainMs, 3_000),
    hooksMs: Math.min(hooksMs, 1_000),
    closeMs: Math.min(closeMs, 1_000),
    flushMs: Math.min(flushMs, 1_000),
    deadlineMs: Math.min(budget.deadlineMs, 7_000),
  };
}

function path(name: keyof GracefulShutdownModuleOptions): string {
  return `GracefulShutdownModule.${name}`;
}
