import { durationMs, OptionError } from '@loyalnest/core';
import { ratio, wholeNumber } from '@loyalnest/core/toolkit';
import type { PolicySet } from '../policy-set.js';

type Read = (variable: string, text: string) => number | string | boolean;

export interface EnvironmentField {
  readonly kind: keyof PolicySet;
  /** Undefined if the options are a duration, as for `timeout`. */
  readonly option?: string;
  readonly read: Read;
}

/** A plain number means milliseconds, as everywhere else. */
const duration: Read = (variable, text) =>
  durationMs(variable, /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text);
const count: Read = (variable, text) => wholeNumber(variable, toNumber(variable, text));
const share: Read = (variable, text) => ratio(variable, toNumber(variable, text));
/** opossum states its thresholds in percent. */
const percent: Read = (variable, text) =>
  ratio(variable, toNumber(variable, text), { max: 100 }) / 100;

const flag: Read = (variable, text) => {
  const value = text.trim().toLowerCase();
  if (value === 'true' || value === 'false') return value === 'true';
  throw new OptionError(variable, text, 'use true or false, or unset it');
};

/** `RESILIENCE_<NAME>_<FIELD>` */
export const POLICY_FIELDS: Readonly<Record<string, EnvironmentField>> = {
  TIMEOUT: { kind: 'timeout', read: duration },
  DEADLINE: { kind: 'deadline', read: duration },
  FAILURE_RATIO: { kind: 'circuitBreaker', option: 'failureRatio', read: share },
  MINIMUM_CALLS: { kind: 'circuitBreaker', option: 'minimumCalls', read: count },
  WINDOW: { kind: 'circuitBreaker', option: 'window', read: duration },
  WINDOW_BUCKETS: { kind: 'circuitBreaker', option: 'windowBuckets', read: count },
  OPEN_FOR: { kind: 'circuitBreaker', option: 'openFor', read: duration },
  HALF_OPEN_PROBES: { kind: 'circuitBreaker', option: 'halfOpenProbes', read: count },
  SLOW_CALL: { kind: 'circuitBreaker', option: 'slowCall', read: duration },
  SLOW_CALL_RATIO: { kind: 'circuitBreaker', option: 'slowCallRatio', read: share },
  ATTEMPTS: { kind: 'retry', option: 'attempts', read: count },
  MAX_CONCURRENT: { kind: 'bulkhead', option: 'maxConcurrent', read: count },
  ADAPTIVE: { kind: 'bulkhead', option: 'adaptive', read: flag },
  MAX_QUEUE: { kind: 'bulkhead', option: 'maxQueue', read: count },
};

/** `CIRCUIT_BREAKER_<FIELD>`: defaults for all policies, named after opossum's options. */
export const DEFAULT_FIELDS: Readonly<Record<string, EnvironmentField>> = {
  TIMEOUT: { kind: 'timeout', read: duration },
  ERROR_THRESHOLD: { kind: 'circuitBreaker', option: 'failureRatio', read: percent },
  RESET_TIMEOUT: { kind: 'circuitBreaker', option: 'openFor', read: duration },
  ROLLING_TIMEOUT: { kind: 'circuitBreaker', option: 'window', read: duration },
  ROLLING_BUCKETS: { kind: 'circuitBreaker', option: 'windowBuckets', read: count },
  VOLUME_THRESHOLD: { kind: 'circuitBreaker', option: 'minimumCalls', read: count },
};

function toNumber(variable: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new OptionError(variable, text, 'use a number, or unset it');
  return value;
}
