import { durationMs, type Duration } from '@loyalnest/core';
import { ratio } from '@loyalnest/core/toolkit';

export interface FaultInjectionOptions {
  /** Share of the calls that fail instead of running, from 0 to 1. @defaultValue 0 */
  readonly errorRatio?: number;
  /** Creates the error of such a call. @defaultValue an InjectedFaultError */
  readonly error?: () => unknown;
  /** Share of the calls that are delayed, from 0 to 1. @defaultValue 1 with `latency`, else 0 */
  readonly latencyRatio?: number;
  /** Length of the delay. @defaultValue 0 */
  readonly latency?: Duration;
}

export interface ResolvedFaultInjection {
  readonly errorRatio: number;
  readonly error: (() => unknown) | undefined;
  readonly latencyRatio: number;
  readonly latencyMs: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveFaultInjection(
  path: string,
  options: FaultInjectionOptions,
): ResolvedFaultInjection {
  const latencyMs = durationMs(`${path}.latency`, options.latency ?? 0);
  return {
    errorRatio: ratio(`${path}.errorRatio`, options.errorRatio ?? 0),
    error: options.error,
    latencyRatio: ratio(`${path}.latencyRatio`, options.latencyRatio ?? (latencyMs > 0 ? 1 : 0)),
    latencyMs,
  };
}
