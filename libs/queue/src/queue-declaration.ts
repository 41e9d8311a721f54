import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

/** Options of {@link queue}. */
export interface QueueDeclarationOptions {
  /** Max jobs that run at the same time in this process. @defaultValue 10 */
  readonly concurrency?: number;
  /** Max jobs that run at the same time across all processes. @defaultValue no limit */
  readonly globalConcurrency?: number;
  /** How long a worker may be silent before another worker gets its jobs. @defaultValue '30s' */
  readonly lock?: Duration;
  /**
   * Whether each merchant's plan limits how fast its jobs start. Requires `throttling` in
   * `forRoot`.
   *
   * @defaultValue false
   */
  readonly throttled?: boolean;
}

/** A queue with its resolved options, as {@link queue} returns it. */
export interface QueueDeclaration {
  readonly name: string;
  readonly concurrency: number;
  readonly globalConcurrency?: number;
  readonly lockMs: number;
  readonly throttled: boolean;
}

const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Declares a queue for `QueueModule.forFeature`. A process runs a worker for it if it has a handler
 * for one of its jobs.
 *
 * @throws OptionError for an invalid name or an option out of its range
 */
export function queue(name: string, options: QueueDeclarationOptions = {}): QueueDeclaration {
  const path = `queue('${name}')`;
  if (!NAME.test(name))
    throw new OptionError(path, name, "use lowercase letters, digits and dashes, such as 'points'");
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
