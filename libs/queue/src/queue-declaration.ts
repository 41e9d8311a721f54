import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

export interface QueueDeclarationOptions {
  /** Jobs that run at the same time in this process. @defaultValue 10 */
  readonly concurrency?: number;
  /** Jobs that run at the same time in all processes together. @defaultValue no limit */
  readonly globalConcurrency?: number;
  /** How long a worker may be silent before its jobs are given to another. @defaultValue '30s' */
  readonly lock?: Duration;
  /** Whether jobs start by the plan of their merchant; needs `throttling` of forRoot. @defaultValue false */
  readonly throttled?: boolean;
}

export interface QueueDeclaration {
  readonly name: string;
  readonly concurrency: number;
  readonly globalConcurrency?: number;
  readonly lockMs: number;
  readonly throttled: boolean;
}

const NAME = /^[a-z][a-z0-9-]*$/;

/** Declares a queue for `QueueModule.forFeature`. Its workers run where handlers for it exist. */
export function queue(name: string, options: QueueDeclarationOptions = {}): QueueDeclaration {
  const path = `queue('${name}')`;
  if (!NAME.test(name)) throw new OptionError(path, name, "use lower case, such as 'points'");
  const { concurrency = 10, globalConcurrency, lock = '30s', throttled = false } = options;
  return {
    name,
    concurrency: wholeNumber(`${path}.concurrency`, concurrency, { min: 1 }),
    ...(globalConcurrency !== undefined && {
      globalConcurrency: wholeNumber(`${path}.globalConcurrency`, globalConcurrency, { min: 1 }),
    }),
    lockMs: durationMs(`${path}.lock`, lock, { minMs: 1_000 }),
    throttled,
  };
}
