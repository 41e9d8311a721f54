import { DeadLetterKeys } from '../dead-letter/dead-letter-keys.js';
import type { RedriveClaim } from '../dead-letter/redrive/dead-letter-redriver.js';
import type { DeadLetterSource } from '../dead-letter/dead-letter-source.js';
import type { Scored } from '../redis/scored-page.js';
import { readPipeline } from '../redis/read-pipeline.js';
import type { RedriveStore } from './redrive-store.js';

const PAGE = 250;

/**
 * Finds the outcomes of redriven jobs by their place in BullMQ's sets. Events would be lost while nobody
 * listens.
 */
export class RedriveOutcomes {
  private readonly keys: DeadLetterKeys;

  constructor(
    private readonly source: DeadLetterSource,
    private readonly store: RedriveStore,
  ) {
    this.keys = new DeadLetterKeys(source.bull);
  }

  /** Records the outcomes that are known by now, each once. */
  async settle(claim: RedriveClaim): Promise<void> {
    const succeeded: string[] = [];
    const failedAgain: string[] = [];
    let failing = 0;
    let after: Scored | undefined;
    for (;;) {
      const page = await this.store.pending(claim.task, after, PAGE);
      for (const { id, outcome } of await this.look(page)) {
        if (outcome === 'succeeded') succeeded.push(id);
        else if (outcome === 'failed-again') failedAgain.push(id);
        else if (outcome === 'failing') failing++;
      }
      if (page.length < PAGE) break;
      after = page.at(-1);
    }
    // In pages, because Lua's stack is limited and a long script blocks the server.
    do {
      await this.store.settle(claim, {
        succeeded: succeeded.splice(0, PAGE),
        failedAgain: failedAgain.splice(0, PAGE),
        failing,
      });
    } while (succeeded.length + failedAgain.length > 0);
  }

  private async look(
    jobs: readonly Scored[],
  ): Promise<readonly { readonly id: string; readonly outcome: Outcome }[]> {
    if (jobs.length === 0) return [];
    const { redis } = this.source;
    const pipeline = redis.pipeline();
    for (const { id } of jobs) {
      pipeline
        .zscore(this.keys.completed, id)
        .zscore(this.keys.failed, id)
        .zscore(this.keys.discarded, id)
        .hmget(this.keys.job(id), 'name', 'atm');
    }
    const replies = await readPipeline<unknown>(pipeline);
    return jobs.map(({ id, score }, i) => {
      const [completed, failed, discarded, [name, attempts]] = replies.slice(4 * i, 4 * i + 4) as [
        string | null,
        string | null,
        string | null,
        [string | null, string | null],
      ];
      if (completed !== null) return { id, outcome: 'succeeded' };
      if (discarded !== null) return { id, outcome: 'failed-again' };
      // The same death: it was prepared, but BullMQ has not moved it yet.
      if (failed !== null) return { id, outcome: failed === score ? 'open' : 'failed-again' };
      // BullMQ may remove a completed job at once. Nothing else removes a redriven job.
      if (name === null) return { id, outcome: 'succeeded' };
      return { id, outcome: Number(attempts ?? 0) > 0 ? 'failing' : 'open' };
    });
  }
}

type Outcome = 'succeeded' | 'failed-again' | 'failing' | 'open';
