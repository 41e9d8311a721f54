import type { DeadLetterReason } from './dead-letter.js';

/** What the index keeps of one dead letter. */
export interface IndexEntry {
  /** Score in the failed set, as Redis prints it; tells one death of a job from the next. */
  readonly score: string;
  readonly reason: DeadLetterReason;
  readonly group: string;
  /** Whether it was redriven before and died again. */
  readonly again: boolean;
  readonly name: string;
  readonly merchant?: string;
}

/** The scripts read the parts between the bars, so none of those may hold one. */
export function encodeEntry({ score, reason, group, again, name, merchant }: IndexEntry): string {
  const rest = JSON.stringify(merchant === undefined ? [name] : [name, merchant]);
  return `${score}|${reason}|${group}|${again ? 1 : 0}|${rest}`;
}

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
