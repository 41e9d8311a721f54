/** Stores the progress and the log of a run. */
export interface JobJournal {
  progress(queue: string, id: string, progress: number | object): Promise<void>;
  log(queue: string, id: string, line: string): Promise<void>;
}
