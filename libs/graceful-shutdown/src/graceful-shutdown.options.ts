import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { SystemProcess } from './process/system-process.js';
import type { ProcessControl } from './process/process-control.js';

export interface GracefulShutdownModuleOptions {
  /**
   * Time from the signal until the orchestrator kills the process: `terminationGracePeriodSeconds`
   * in Kubernetes, `stop_grace_period` in compose. The process is gone 2 s before. @defaultValue '30s'
   */
  readonly gracePeriod?: Duration;
  /**
   * How long requests are still served as before, because load balancers hear late that this
   * instance goes. @defaultValue '5s' in Kubernetes, otherwise 0
   */
  readonly propagationDelay?: Duration;
  /** What running requests may take after that. @defaultValue '10s' */
  readonly httpDrain?: Duration;
  /** What running jobs may take, counted from the signal. @defaultValue all that the rest leaves */
  readonly jobDrain?: Duration;
  /** What `app.close()` with Nest's own hooks may take. @defaultValue '4s' */
  readonly hooks?: Duration;
  /** What closing queues, databases and connections may take together. @defaultValue '2s' */
  readonly close?: Duration;
  /** What writing out logs and traces may take. @defaultValue '2s' */
  readonly flush?: Duration;
  /** Source of time. @defaultValue the machine's */
  readonly clock?: Clock;
  /** Signals and exit. @defaultValue the running process */
  readonly process?: ProcessControl;
}

/** How long each part may take, in milliseconds. */
export interface ShutdownBudget {
  readonly propagationMs: number;
  readonly httpDrainMs: number;
  readonly jobDrainMs: number;
  readonly hooksMs: number;
  readonly closeMs: number;
  readonly flushMs: number;
  /** From the signal until the process ends whatever happens. */
  readonly deadlineMs: number;
}

export interface ShutdownPolicy {
  readonly budget: ShutdownBudget;
  readonly clock: Clock;
  readonly process: ProcessControl;
}

/** Kept free before the orchestrator's SIGKILL, so that the last word is ours. */
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
      `the phases need ${totalMs} ms: give the process that long, or shorten propagationDelay ` +
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

/** After an exception that nobody caught the state is unknown: finish what runs, but soon. */
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
