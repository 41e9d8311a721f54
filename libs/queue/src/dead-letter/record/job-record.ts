import { createHash } from 'node:crypto';
import { isJobEnvelope } from '../../job/job-envelope.js';
import { readPipeline } from '../../redis/read-pipeline.js';
import { causeFingerprint, errorName } from './cause-fingerprint.js';
import { readHistory } from '../dead-letter-history.js';
import { DeadLetterKeys } from '../dead-letter-keys.js';
import { readReason } from '../dead-letter-reason.js';
import type { DeadLetterSource } from '../dead-letter-source.js';
import type { DeadLetterDetails, Discard } from '../dead-letter.js';

const MAX_DATE_MS = 8.64e15;

/** Fields in the job's own hash. They exist exactly as long as the job does. */
export const HISTORY_FIELD = 'loyalnest:history';
export const DISCARD_FIELD = 'loyalnest:discarded';
/** Score of the death that was announced last. */
export const ANNOUNCED_FIELD = 'loyalnest:announced';
/** The redrive task that took the job last, and the score of the death that it took. */
export const TASK_FIELD = 'loyalnest:task';

const FIELDS = [
  'name',
  'data',
  'opts',
  'failedReason',
  'stacktrace',
  'timestamp',
  'atm',
  HISTORY_FIELD,
  DISCARD_FIELD,
] as const;

/** A job as Redis stores it. Scripts compare the raw text, so parsed values are never written back. */
export interface JobRecord {
  readonly id: string;
  /** Score in the failed set; null if the job is not in it. */
  readonly score: string | null;
  readonly name: string;
  readonly data: string;
  readonly opts: string;
  readonly failedReason: string;
  /** Oldest first. */
  readonly stacks: readonly string[];
  readonly timestamp: number;
  readonly attemptsMade: number;
  readonly history: string | null;
  readonly discard: string | null;
}

/** Reads jobs in the order of `ids`; undefined for a job that does not exist. */
export async function readRecords(
  { redis, bull }: DeadLetterSource,
  ids: readonly string[],
): Promise<(JobRecord | undefined)[]> {
  const keys = new DeadLetterKeys(bull);
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.zscore(keys.failed, id).hmget(keys.job(id), ...FIELDS);
  const replies = await readPipeline<unknown>(pipeline);
  return ids.map((id, i) => {
    const score = replies[2 * i] as string | null;
    const [name, data, opts, failedReason, stacktrace, timestamp, attempts, history, discard] =
      replies[2 * i + 1] as (string | null)[];
    if (typeof name !== 'string') return undefined;
    return {
      id,
      score,
      name,
      data: data ?? '{}',
      opts: opts ?? '{}',
      failedReason: failedReason ?? '',
      stacks: parseStacks(stacktrace),
      timestamp: timeOf(timestamp),
      attemptsMade: Number(attempts ?? 0),
      history: history ?? null,
      discard: discard ?? null,
    };
  });
}

/** Whether a date can hold it. A job that was changed by hand may contain anything. */
export function isTime(ms: number): boolean {
  return Math.abs(ms) <= MAX_DATE_MS;
}

function timeOf(stored: unknown): number {
  const ms = Number(stored ?? 0);
  return isTime(ms) ? ms : 0;
}

/** Describes a dead letter, or a discarded one, for an operator. */
export function describeRecord(queue: string, record: JobRecord): DeadLetterDetails {
  const data = parseData(record.data);
  const envelope = isJobEnvelope(data) ? data : undefined;
  const discard = record.discard
    ? (JSON.parse(record.discard) as Discard & { readonly score: string })
    : undefined;
  const diedAt = timeOf(record.score ?? discard?.score ?? record.timestamp);
  return {
    queue,
    id: record.id,
    name: record.name,
    ...readReason(record.failedReason),
    group: groupOf(record),
    attemptsMade: record.attemptsMade,
    enqueuedAt: new Date(record.timestamp).toISOString(),
    failedAt: new Date(diedAt).toISOString(),
    payload: envelope ? envelope.payload : data,
    ...(envelope && { context: envelope.context }),
    history: readHistory(record.history).toReversed(),
    ...(discard && { discarded: { at: discard.at, by: discard.by, reason: discard.reason } }),
    stacks: record.stacks.toReversed(),
    revision: revisionOf(record.data),
  };
}

/** Changes whenever the stored data changes. */
export function revisionOf(data: string): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}

/** Class of the error that the last run failed with. */
export function errorClassOf(record: JobRecord): string {
  return errorName(record.stacks.at(-1));
}

/** Parses stored JSON; text that is no JSON comes back as it is. */
export function parseData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

/** Fingerprint of the cause that a job died of. */
export function groupOf(record: JobRecord): string {
  const { message } = readReason(record.failedReason);
  return causeFingerprint({ job: record.name, message, stack: record.stacks.at(-1) });
}

function parseStacks(stored: string | null | undefined): readonly string[] {
  const stacks = stored ? parseData(stored) : [];
  return Array.isArray(stacks) ? stacks.filter((stack) => typeof stack === 'string') : [];
}
