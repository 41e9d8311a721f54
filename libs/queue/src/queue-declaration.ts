import { durationMs, OptionError, wholeNumber, type Duration } from '@loyalnest/core';

export interface QueueDeclarationOptions {
  /** Jobs that run at the same time in this process. @defaultValue 10 */
  readonly concurrency?: number;
  /** How long a worker may be silent before its jobs are given to another. @defaultValue '30s' */
  readonly lock?: Duration;
}

export interface QueueDeclaration {
  readonly name: string;
  readonly concurrency: number;
  readonly lockMs: number;
}

const NAME = /^[a-z][a-z0-9-]*$/;

/** Declares a queue for `QueueModule.forFeature`. Its workers run where handlers for it exist. */
export function queue(name: string, options: QueueDeclarationOptions = {}): QueueDeclaration {
  if (!NAME.test(name)) {
    throw new OptionError(`queue('${name}')`, name, "use lower case, such as 'points'");
  }
  return {
    name,
    concurrency: wholeNumber(`queue('${name}').concurrency`, options.concurrency ?? 10, {
      min: 1,
    }),
    lockMs: durationMs(`queue('${name}').lock`, options.lock ?? '30s', { minMs: 1_000 }),
  };
}
