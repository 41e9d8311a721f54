import { createHash } from 'node:crypto';
import { isJobEnvelope } from '../job/job-envelope.js';
import { readPipeline } from '../redis/read-pipeline.js';
import { causeFingerprint, errorName } from './cause-fingerprint.js';
import { readHistory } from './dead-letter-history.js';
import { DeadLetterKeys } from './dead-letter-keys.js';
import { readReason } from './dead-letter-reason.js';
import type { DeadLetterSource } from './dead-letter-source.js';
import type { DeadLetterDetails, Discard } from './dead-letter.js';
import type { IndexEntry } from './index-entry.js';

/** Fields that stand in the job's own hash, so that they go where the job goes. */
export const HISTORY_FIELD = 'loyalnest:history';
export const DISCARD_FIELD = 'loyalnest:discarded';
/** The death that was told of last. */
export const ANNOUNCED_FIELD = 'loyalnest:announced';
/** The redrive task that took the job last, and in which of its deaths. */
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

/** A job as Redis holds it; nothing is written back of what was parsed. */
export interface JobRecord {
  readonly id: string;
  /** In the failed set; null if it is not there. */
  readonly score: string | null;
  readonly name: string;
  readonly data: string;
  readonly opts: string;
  readonly failedReason: string;
  /** The oldest first. */
  readonly stacks: readonly string[];
  readonly timestamp: number;
  readonly attemptsMade: number;
  readonly history: string | null;
  readonly discard: string | null;
}

/** In the order of `ids`; undefined for a job that does not exist. */
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
      timestamp: Number(timestamp ?? 0),
      attemptsMade: Number(attempts ?? 0),
      history: history ?? null,
      discard: discard ?? null,
    };
  });
}

/** What the index says of a job that is in the failed set. */
export function entryOf(record: JobRecord & { readonly score: string }): IndexEntry {
  const data = parseData(record.data);
  const merchant = isJobEnvelope(data) ? data.context.merchantId : undefined;
  return {
    score: record.score,
    reason: readReason(record.failedReason).reason,
    group: groupOf(record),
    again: readHistory(record.history).some(({ kind }) => kind === 'redriven'),
    name: record.name,
    ...(merchant !== undefined && { merchant }),
  };
}

export function describeRecord(queue: string, record: JobRecord): DeadLetterDetails {
  const data = parseData(record.data);
  const envelope = isJobEnvelope(data) ? data : undefined;
  const discard = record.discard
    ? (JSON.parse(record.discard) as Discard & { readonly score: string })
    : undefined;
  const diedAt = Number(record.score ?? discard?.score ?? record.timestamp);
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

export function revisionOf(data: string): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}

export function errorClassOf(record: JobRecord): string {
  return errorName(record.stacks.at(-1));
}

export function parseData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

function groupOf(record: JobRecord): string {
  const { message } = readReason(record.failedReason);
  return causeFingerprint({ job: record.name, message, stack: record.stacks.at(-1) });
}

function parseStacks(stored: string | null | undefined): readonly string[] {
  const stacks = stored ? parseData(stored) : [];
  return Array.isArray(stacks) ? stacks.filter((stack) => typeof stack === 'string') : [];
}
