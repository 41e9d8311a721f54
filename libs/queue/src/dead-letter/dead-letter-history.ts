/** One thing that an operator did to a dead letter. */
export type HistoryEntry =
  | {
      readonly kind: 'redriven';
      /** ISO 8601. */
      readonly at: string;
      readonly by: string;
      /** Attempts before the redrive. */
      readonly attemptsMade: number;
      /** The failure that made the job a dead letter. */
      readonly failure: string;
      /** Id of the redrive task, if a task redrove it. */
      readonly task?: string;
    }
  | {
      readonly kind: 'edited';
      readonly at: string;
      readonly by: string;
      /** The payload before the edit. */
      readonly payload: unknown;
    }
  | {
      readonly kind: 'discarded';
      readonly at: string;
      readonly by: string;
      readonly reason: string;
    }
  | { readonly kind: 'restored'; readonly at: string; readonly by: string };

/** Max number of entries that a job keeps. */
export const HISTORY_LIMIT = 20;

/** Parses the stored history, oldest first. */
export function readHistory(stored: string | null): readonly HistoryEntry[] {
  return stored ? (JSON.parse(stored) as HistoryEntry[]) : [];
}

/** Adds an entry and drops the oldest ones above the limit. The first edit stays: it has the original payload. */
export function appendHistory(stored: string | null, entry: HistoryEntry): string {
  const history = [...readHistory(stored), entry];
  if (history.length <= HISTORY_LIMIT) return JSON.stringify(history);
  const firstEdit = history.find(({ kind }) => kind === 'edited');
  const kept = history.slice(-HISTORY_LIMIT);
  if (firstEdit && !kept.includes(firstEdit)) kept.splice(0, 1, firstEdit);
  return JSON.stringify(kept);
}
