import type { JobJournal } from '../worker/job-journal.js';

interface Journal {
  readonly progress: (number | object)[];
  readonly log: string[];
}

/** Keeps the progress and log lines of runs. */
export class RecordedJournal implements JobJournal {
  private readonly journals = new Map<string, Journal>();

  async progress(_queue: string, id: string, progress: number | object): Promise<void> {
    this.of(id).progress.push(progress);
  }

  async log(_queue: string, id: string, line: string): Promise<void> {
    this.of(id).log.push(line);
  }

  take(id: string): Journal {
    const journal = this.of(id);
    this.journals.delete(id);
    return journal;
  }

  private of(id: string): Journal {
    const journal = this.journals.get(id) ?? { progress: [], log: [] };
    this.journals.set(id, journal);
    return journal;
  }
}
