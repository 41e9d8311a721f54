import { currentContext, durationMs, toCarrier, type Clock } from '@loyalnest/core';
import { randomUUID } from 'node:crypto';
import { InvalidPayloadError } from '../job/invalid-payload.error.js';
import type { JobDefinition } from '../job/job-definition.js';
import type { JobEnvelope } from '../job/job-envelope.js';
import { jobIdOf } from '../job/job-id.js';
import { jobPriority } from '../job/job-priority.js';
import { PayloadTooLargeError } from '../job/payload-too-large.error.js';
import type { EnqueueOptions } from './enqueue-options.js';

/** The module options that {@link prepareJob} needs. */
export interface PreparationOptions {
  readonly payloadLimitBytes: number;
  readonly clock: Clock;
}

/** A validated job that can be stored. */
export interface PreparedJob {
  readonly id: string;
  readonly name: string;
  /** Whether a job with this id may exist already. */
  readonly keyed: boolean;
  readonly envelope: JobEnvelope;
  readonly attempts: number;
  readonly delayMs: number;
  readonly priority: number;
}

/**
 * Validates a job before anything is stored, and adds the current request context to it.
 *
 * @throws InvalidPayloadError, also if JSON cannot represent the payload
 * @throws PayloadTooLargeError
 * @throws OptionError for an invalid delay or priority
 */
export async function prepareJob<Payload>(
  definition: JobDefinition<Payload>,
  payload: Payload,
  options: EnqueueOptions,
  { payloadLimitBytes, clock }: PreparationOptions,
): Promise<PreparedJob> {
  const { idempotencyKey, delay = 0, priority } = options;
  const propagateDeadline = options.propagateDeadline ?? options.carryDeadline ?? false;
  const { name, version, attempts, expiresAfterMs } = definition;
  const checked = await definition.validate(payload);
  checkSize(name, checked, payloadLimitBytes);
  const delayMs = durationMs(`enqueue(${name}).delay`, delay);
  const now = clock.now();
  const context = currentContext();
  const expiresAtMs = Math.min(
    now + delayMs + (expiresAfterMs ?? Infinity),
    now + ((propagateDeadline ? context?.deadline?.remainingMs : undefined) ?? Infinity),
  );
  const envelope: JobEnvelope = {
    id: randomUUID(),
    version,
    payload: checked,
    context: toCarrier(context),
    occurredAt: new Date(now).toISOString(),
    ...(expiresAtMs < Infinity && { expiresAt: new Date(expiresAtMs).toISOString() }),
  };
  return {
    id: idempotencyKey === undefined ? envelope.id : jobIdOf(name, idempotencyKey),
    name,
    keyed: idempotencyKey !== undefined,
    envelope,
    attempts,
    delayMs,
    priority: jobPriority(`enqueue(${name}).priority`, priority ?? definition.priority),
  };
}

/**
 * Checks the size of a payload's JSON.
 *
 * @throws InvalidPayloadError if JSON cannot represent the payload
 * @throws PayloadTooLargeError if its JSON is larger than `limitBytes`
 */
export function checkSize(name: string, payload: unknown, limitBytes: number): void {
  const sizeBytes = Buffer.byteLength(toJson(name, payload));
  if (sizeBytes > limitBytes) throw new PayloadTooLargeError(name, sizeBytes, limitBytes);
}

function toJson(name: string, payload: unknown): string {
  let problem = 'it has no JSON form';
  try {
    const json = JSON.stringify(payload) as string | undefined;
    if (json !== undefined) return json;
  } catch (error) {
    // The other lines of V8's message draw the circular path.
    problem = String((error as Error).message).split('\n')[0]!;
  }
  throw new InvalidPayloadError(name, [`payload cannot be stored as JSON: ${problem}`]);
}
