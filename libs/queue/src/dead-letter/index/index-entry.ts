import { isJobEnvelope } from '../../job/job-envelope.js';
import { readHistory } from '../dead-letter-history.js';
import { readReason } from '../dead-letter-reason.js';
import type { DeadLetterReason } from '../dead-letter.js';
import { groupOf, parseData, type JobRecord } from '../record/job-record.js';

/** What the index stores for one dead letter. */
export interface IndexEntry {
  /** Score in the failed set, as Redis prints it. It distinguishes one death of a job from the next. */
  readonly score: string;
  readonly reason: DeadLetterReason;
  readonly group: string;
  /** Whether the job was redriven before and died again. */
  readonly again: boolean;
  readonly name: string;
  readonly merchant?: string;
}

/** Makes the entry of a job that is in the failed set. */
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

/** Scripts split the text at its bars, so the parts before the last one contain none. */
export function encodeEntry({ score, reason, group, again, name, merchant }: IndexEntry): string {
  const rest = JSON.stringify(merchant === undefined ? [name] : [name, merchant]);
  return `${score}|${reason}|${group}|${again ? 1 : 0}|${rest}`;
}

/** Reverses `encodeEntry`. */
export function decodeEntry(stored: string): IndexEntry {
  const [score, reason, group, again] = stored.split('|', 4) as [
    string,
    DeadLetterReason,
    string,
    string,
  ];
  const [name, merchant] = JSON.parse(
    stored.slice(score.length + reason.length + group.length + again.length + 4),
  ) as [string, string?];
  return {
    score,
    reason,
    group,
    again: again === '1',
    name,
    ...(merchant !== undefined && { merchant }),
  };
}
