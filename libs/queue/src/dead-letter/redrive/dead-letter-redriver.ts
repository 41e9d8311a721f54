import { Job, type JobsOptions } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { readPipeline } from '../../redis/read-pipeline.js';
import { appendHistory } from '../dead-letter-history.js';
import type { DeadLetterIndex } from '../index/dead-letter-index.js';
import { DeadLetterKeys } from '../dead-letter-keys.js';
import type { DeadLetterSource } from '../dead-letter-source.js';
import { deadLetterRedriven } from '../dead-letter.events.js';
import { HISTORY_FIELD } from '../record/job-record.js';
import { KeyList } from '../index/key-list.js';
import { PREPARE_REDRIVE, PREPARED, UNLOCK } from './redrive-script.js';
import type { Scored } from '../../redis/scored-page.js';

/** The task behind a redrive. The script checks its lease together with each dead letter. */
export interface RedriveClaim {
  readonly task: string;
  readonly token: string;
  readonly taskKey: string;
  readonly leaseKey: string;
  readonly pendingKey: string;
}

/** What became of one dead letter: see `PREPARED`. */
export type RedriveOutcome = 'redriven' | 'gone' | 'busy' | 'had' | 'fenced';

/** How long the lock of a dead process blocks other redrives. */
const LOCK_MS = 10_000;
const READS = 5;

/**
 * Runs dead letters again in place, with BullMQ's own retry. It redrives the death that the caller has
 * seen, and skips a job that has died again since.
 */
export class DeadLetterRedriver {
  private readonly keys: DeadLetterKeys;

  constructor(
    private readonly source: DeadLetterSource,
    private readonly index: DeadLetterIndex,
  ) {
    this.keys = new DeadLetterKeys(source.bull);
  }

  /** @returns the outcomes in the order of `letters` */
  async redrive(
    letters: readonly Scored[],
    by: string,
    claim?: RedriveClaim,
  ): Promise<readonly RedriveOutcome[]> {
    const outcomes = new Map<string, RedriveOutcome>();
    let open = letters;
    for (let read = 0; read < READS && open.length > 0; read++) {
      open = await this.attempt(open, by, claim, outcomes);
    }
    return letters.map(({ id }) => outcomes.get(id) ?? 'busy');
  }

  /** @returns the ones that changed after they were read */
  private async attempt(
    letters: readonly Scored[],
    by: string,
    claim: RedriveClaim | undefined,
    outcomes: Map<string, RedriveOutcome>,
  ): Promise<readonly Scored[]> {
    const holder = randomUUID();
    const jobs = await this.read(letters);
    const entries = await this.source.redis.hmget(
      this.keys.entries,
      ...letters.map(({ id }) => id),
    );
    const at = new Date(this.source.clock.now()).toISOString();
    const list = new KeyList([
      ...this.keys.indexed,
      claim?.taskKey ?? this.keys.failed,
      claim?.leaseKey ?? this.keys.index,
      claim?.pendingKey ?? this.keys.entries,
    ]);
    const args = letters.flatMap(({ id, score }, i) => {
      const { attemptsMade, failure, history } = jobs[i]!;
      const entry = entries[i] ?? '';
      const next = appendHistory(history, {
        kind: 'redriven',
        at,
        by,
        attemptsMade,
        failure,
        ...(claim && { task: claim.task }),
      });
      const places = [list.place(this.keys.job(id)), list.place(this.keys.lock(id))];
      return [
        id,
        score,
        entry,
        history ?? '',
        next,
        ...places,
        ...this.index.placesOf(list, entry),
      ];
    });
    const prepared = await PREPARE_REDRIVE.run(this.source.redis, list.keys, [
      holder,
      LOCK_MS,
      claim?.token ?? '',
      claim?.task ?? '',
      ...args,
    ]);
    const ready = letters.filter((_letter, i) => prepared[i] === PREPARED.ready);
    const opts = new Map(letters.map(({ id }, i) => [id, jobs[i]!.opts]));
    await this.retry(ready, opts, outcomes, holder);
    for (const { id } of ready) {
      if (outcomes.get(id) !== 'redriven') continue;
      const task = claim && { task: claim.task };
      deadLetterRedriven.publish({ queue: this.source.bull.name, id, by, ...task });
    }
    letters.forEach(({ id }, i) => {
      const outcome = outcomeOf(prepared[i]!);
      if (outcome) outcomes.set(id, outcome);
    });
    return letters.filter((_letter, i) => prepared[i] === PREPARED.changed);
  }

  /** Keeps the lock of a retry without an answer: Redis may still receive the command. */
  private async retry(
    letters: readonly Scored[],
    opts: ReadonlyMap<string, JobsOptions>,
    outcomes: Map<string, RedriveOutcome>,
    holder: string,
  ): Promise<void> {
    if (letters.length === 0) return;
    const { bull, redis } = this.source;
    const reset = { resetAttemptsMade: true, resetAttemptsStarted: true };
    const settled = await Promise.allSettled(
      letters.map(({ id }) => new Job(bull, '', {}, opts.get(id), id).retry('failed', reset)),
    );
    const answered: string[] = [];
    let unanswered: unknown;
    settled.forEach((result, i) => {
      const { id } = letters[i]!;
      if (result.status === 'rejected' && !isGone(result.reason)) {
        unanswered ??= result.reason;
        return;
      }
      answered.push(this.keys.lock(id));
      outcomes.set(id, result.status === 'fulfilled' ? 'redriven' : 'gone');
    });
    if (answered.length > 0) await UNLOCK.run(redis, answered, [holder]);
    if (unanswered !== undefined) throw unanswered;
  }

  private async read(letters: readonly Scored[]): Promise<readonly ReadJob[]> {
    const pipeline = this.source.redis.pipeline();
    for (const { id } of letters) {
      pipeline.hmget(this.keys.job(id), 'atm', 'failedReason', 'opts', HISTORY_FIELD);
    }
    const rows = await readPipeline<(string | null)[]>(pipeline);
    return rows.map(([attempts, failure, opts, history]) => ({
      attemptsMade: Number(attempts ?? 0),
      failure: failure ?? '',
      opts: opts ? (JSON.parse(opts) as JobsOptions) : {},
      history: history ?? null,
    }));
  }
}

interface ReadJob {
  readonly attemptsMade: number;
  readonly failure: string;
  readonly opts: JobsOptions;
  readonly history: string | null;
}

function outcomeOf(prepared: number): RedriveOutcome | undefined {
  if (prepared === PREPARED.gone) return 'gone';
  if (prepared === PREPARED.busy) return 'busy';
  if (prepared === PREPARED.had) return 'had';
  if (prepared === PREPARED.fenced) return 'fenced';
  return undefined;
}

/** BullMQ's codes for a job that does not exist or is not in the failed set. */
function isGone(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === -1 || code === -3;
}
