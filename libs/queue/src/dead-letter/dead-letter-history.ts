/** What was done to a dead letter. */
export type HistoryEntry =
  | {
      readonly kind: 'redriven';
      /** ISO 8601. */
      readonly at: string;
      readonly by: string;
      /** Attempts that had been made before. */
      readonly attemptsMade: number;
      /** The failure that had made it a dead letter. */
      readonly failure: string;
      /** Id of the redrive task, if one did it. */
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

/** Entries that are kept of each job. */
export const HISTORY_LIMIT = 20;

/** The stored history, the oldest first. */
export function readHistory(stored: string | null): readonly HistoryEntry[] {
  return stored ? (JSON.parse(stored) as HistoryEntry[]) : [];
}

/** The history with one more entry; of a long one the first edit stays: it holds the original. */
export function appendHistory(stored: string | null, entry: HistoryEntry): string {
  const history = [...readHistory(stored), entry];
  if (history.length <= HISTORY_LIMIT) return JSON.stringify(history);
  const firstEdit = history.find(({ kind }) => kind === 'edited');
  const kept = history.slice(-HISTORY_LIMIT);
  if (firstEdit && !kept.includes(firstEdit)) kept.splice(0, 1, firstEdit);
  return JSON.stringify(kept);
}
