import { currentContext, durationMs, toCarrier, type Clock } from '@loyalnest/core';
import { randomUUID } from 'node:crypto';
import { InvalidPayloadError } from '../job/invalid-payload.error.js';
import type { JobDefinition } from '../job/job-definition.js';
import type { JobEnvelope } from '../job/job-envelope.js';
import { jobIdOf } from '../job/job-id.js';
import { jobPriority } from '../job/job-priority.js';
import { PayloadTooLargeError } from '../job/payload-too-large.error.js';
import type { EnqueueOptions } from './enqueue-options.js';

export interface PreparationOptions {
  readonly payloadLimitBytes: number;
  readonly clock: Clock;
}

/** A job that has been checked and can be stored. */
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
 * Checks a job before anything is stored. The request context goes with it.
 *
 * @throws InvalidPayloadError, also for what JSON cannot hold
 * @throws PayloadTooLargeError
 * @throws OptionError for a delay or a priority out of its range
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

/** @throws InvalidPayloadError, PayloadTooLargeError */
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
    // The rest of V8's message shows the circle on several lines.
    problem = String((error as Error).message).split('\n')[0]!;
  }
  throw new InvalidPayloadError(name, [`payload cannot be stored as JSON: ${problem}`]);
}
