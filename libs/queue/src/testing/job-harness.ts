import { newCorrelationId, type ContextCarrier } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { BoundAbortController } from '@loyalnest/core/toolkit';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { DeadLetterReason } from '../dead-letter/dead-letter.js';
import { JobHandlers } from '../handler/job-handlers.js';
import type { JobDefinition } from '../job/job-definition.js';
import type { JobEnvelope } from '../job/job-envelope.js';
import { JobAdmission } from '../worker/job-admission.js';
import { JobRunner } from '../worker/job-runner.js';
import { retryDelayMs } from '../worker/retry-delay.js';
import type { RunOutcome } from '../worker/run-outcome.js';
import { RecordedJournal } from './recorded-journal.js';

const UNKNOWN_NAME_FOR_MS = 600_000;

export interface HarnessRunOptions {
  /** 1 is the first run. @defaultValue 1 */
  readonly attempt?: number;
  /** Earlier runs that ended with their process. @defaultValue 0 */
  readonly crashes?: number;
  /** How long ago the job was enqueued, in milliseconds of the harness's clock. @defaultValue 0 */
  readonly ageMs?: number;
  readonly context?: Partial<ContextCarrier>;
}

export interface StoredJob extends HarnessRunOptions {
  readonly payload: unknown;
  /** Version of the payload. @defaultValue the version of the definition */
  readonly version?: number;
}

/** The outcome of a run, with its progress and log lines. */
export type HarnessResult = HarnessOutcome & {
  readonly progress: readonly (number | object)[];
  readonly log: readonly string[];
};

export type HarnessOutcome =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: unknown; readonly retryInMs: number }
  | { readonly outcome: 'dead'; readonly reason: DeadLetterReason; readonly error: unknown }
  | { readonly outcome: 'postponed'; readonly delayMs: number }
  | { readonly outcome: 'handed-back' | 'lost'; readonly error: unknown };

/**
 * Runs jobs through the same steps as a worker: checks, upcasters, context, enhancers, time limit and
 * outcome. It needs no Redis. The test controls the clock.
 */
@Injectable()
export class JobHarness {
  /** The clock of time limits and ages. */
  readonly clock = new FakeClock();
  private readonly journal = new RecordedJournal();
  private runner: JobRunner | undefined;

  constructor(private readonly handlers: JobHandlers) {}

  /** Runs one attempt of a job, as if it had been enqueued with this payload. */
  run<Payload>(
    definition: JobDefinition<Payload>,
    payload: Payload,
    options: HarnessRunOptions = {},
  ): Promise<HarnessResult> {
    return this.runStored(definition, { ...options, payload });
  }

  /** Runs a job as Redis may hold it, such as one with an old or an invalid payload. */
  async runStored(definition: JobDefinition, stored: StoredJob): Promise<HarnessResult> {
    const { attempt = 1, crashes = 0 } = stored;
    const id = randomUUID();
    const timestamp = this.clock.now() - (stored.ageMs ?? 0);
    const job = {
      id,
      name: definition.name,
      queueName: definition.queue,
      data: envelopeOf(definition, stored, id, timestamp) as unknown,
      opts: { attempts: definition.attempts },
      timestamp,
      attemptsMade: attempt - 1,
      stalledCounter: crashes,
      updateData: async () => undefined,
      moveToDelayed: async () => undefined,
      moveToWait: async () => undefined,
    };
    const outcome = await this.runnerOf().run(job, new BoundAbortController());
    return { ...describe(definition, attempt, outcome), ...this.journal.take(id) };
  }

  private runnerOf(): JobRunner {
    if (this.runner) return this.runner;
    const admission = new JobAdmission(this.handlers.discover(), this.clock, UNKNOWN_NAME_FOR_MS);
    return (this.runner = new JobRunner(admission, this.clock, this.journal));
  }
}

function envelopeOf(
  { version, expiresAfterMs }: JobDefinition,
  stored: StoredJob,
  id: string,
  timestamp: number,
): JobEnvelope {
  return {
    id,
    version: stored.version ?? version,
    // The same JSON round trip as through Redis.
    payload: JSON.parse(JSON.stringify(stored.payload ?? null)) as unknown,
    context: { correlationId: newCorrelationId(), ...stored.context },
    occurredAt: new Date(timestamp).toISOString(),
    ...(expiresAfterMs && { expiresAt: new Date(timestamp + expiresAfterMs).toISOString() }),
  };
}

function describe(definition: JobDefinition, attempt: number, result: RunOutcome): HarnessOutcome {
  switch (result.kind) {
    case 'completed':
      return { outcome: 'completed' };
    case 'failed': {
      const retryInMs = retryDelayMs(definition, attempt, result.error);
      return { outcome: 'failed', error: result.error, retryInMs };
    }
    case 'dead':
      return { outcome: 'dead', reason: result.reason, error: result.error };
    case 'postponed':
      return { outcome: 'postponed', delayMs: result.delayMs };
    default:
      return { outcome: result.kind, error: result.error };
  }
}
