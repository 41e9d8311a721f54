import {
  createBackoff,
  durationMs,
  OptionError,
  type Backoff,
  type BackoffOptions,
  type Duration,
  type JobDescriptor,
  type JobName,
} from '@loyalnest/core';
import { MAX_TIMER_MS, wholeNumber } from '@loyalnest/core/toolkit';
import { jobPriority } from './job-priority.js';
import { payloadUpcaster, type PayloadUpcasters } from './payload-upcasters.js';
import { payloadValidator, type InferPayload, type PayloadType } from './payload-validation.js';

/** Options of {@link defineJob}. */
export interface JobOptions<Type extends PayloadType> {
  /**
   * A class-validator class or any Standard Schema. Payloads are validated when they are enqueued
   * and before each run.
   */
  readonly payload: Type;
  /** Version of the payload's shape. @defaultValue 1 */
  readonly version?: number;
  /**
   * Upgrades stored payloads of older versions before they are validated. The key is the version
   * that the function reads. A stored payload whose version has no upcaster is invalid.
   */
  readonly upcast?: PayloadUpcasters;
  /**
   * From 1 (highest) to 2097151 (lowest). 0 means no priority and runs before all.
   *
   * @defaultValue 0
   */
  readonly priority?: number;
  /** Max runs, including the first one. @defaultValue 5 */
  readonly attempts?: number;
  /** Delays between runs. @defaultValue exponential from 1 s to 1 m with full jitter */
  readonly backoff?: BackoffOptions;
  /**
   * How long a run may take before its signal aborts and it counts as failed.
   *
   * @defaultValue '30s'
   */
  readonly timeout?: Duration;
  /**
   * After this many runs whose process died (killed, out of memory), the job becomes a dead letter.
   * From 1 to 100.
   *
   * @defaultValue 2
   */
  readonly crashes?: number;
  /** No run starts after this time; the job becomes a dead letter instead. @defaultValue never */
  readonly expiresAfter?: Duration;
}

/** A kind of job, shared by its producers and its handler. Created by {@link defineJob}. */
export interface JobDefinition<Payload = unknown> extends JobDescriptor<Payload> {
  /** The part of the name before the dot. */
  readonly queue: string;
  readonly priority: number;
  readonly backoff: Backoff;
  readonly timeoutMs: number;
  readonly crashes: number;
  /** Upgrades a payload of version `from` to the current one. Rejects with InvalidPayloadError. */
  upcast(payload: unknown, from: number): Promise<unknown>;
}

const NAME = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;
/** With more crashes BullMQ would fail the job first, with its own reason. */
export const MAX_CRASHES = 100;
const MAX_EXPIRY_MS = 366 * 86_400_000;

/**
 * Defines a job named `domain.verb`; the domain is the queue's name.
 *
 * @throws OptionError for an invalid name or an option out of its range
 */
export function defineJob<Type extends PayloadType>(
  name: JobName,
  options: JobOptions<Type>,
): JobDefinition<InferPayload<Type>> {
  if (!NAME.test(name)) {
    throw new OptionError(
      `defineJob('${name}')`,
      name,
      "name it domain.verb in lower case, such as 'points.calculate'",
    );
  }
  const path = `defineJob('${name}')`;
  const { expiresAfter } = options;
  const version = wholeNumber(`${path}.version`, options.version ?? 1, { min: 1 });
  return {
    name,
    queue: name.slice(0, name.indexOf('.')),
    version,
    priority: jobPriority(`${path}.priority`, options.priority),
    attempts: wholeNumber(`${path}.attempts`, options.attempts ?? 5, { min: 1 }),
    backoff: createBackoff(`${path}.backoff`, { initial: '1s', max: '1m', ...options.backoff }),
    timeoutMs: durationMs(`${path}.timeout`, options.timeout ?? '30s', {
      minMs: 1,
      maxMs: MAX_TIMER_MS,
    }),
    crashes: wholeNumber(`${path}.crashes`, options.crashes ?? 2, { min: 1, max: MAX_CRASHES }),
    ...(expiresAfter !== undefined && {
      expiresAfterMs: durationMs(`${path}.expiresAfter`, expiresAfter, {
        minMs: 1,
        maxMs: MAX_EXPIRY_MS,
      }),
    }),
    upcast: payloadUpcaster(name, `${path}.upcast`, version, options.upcast ?? {}),
    validate: payloadValidator(name, options.payload),
  };
}
