import type { RedriveClaim } from '../dead-letter/redrive/dead-letter-redriver.js';
import type { DeadLetterSource } from '../dead-letter/dead-letter-source.js';
import { readPage, type Scored } from '../redis/scored-page.js';
import type { RedrivePlan } from './redrive-request.js';
import { ACQUIRE, CHANGE, RELEASE, RENEW, SETTLE, START, WRITE } from './redrive-scripts.js';
import { ENDED_STATES, type RedriveState, type RedriveTask } from './redrive-task.js';

/** A task with what its runner needs. */
export interface StoredTask extends RedriveTask {
  readonly plan: RedrivePlan;
  /** The last dead letter that was read. */
  readonly cursor?: Scored;
  /** When the task entered its state, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Max number of tasks that are kept. */
const KEPT_TASKS = 50;

/** The redrive tasks of one queue in Redis, in the cluster slot of the queue. */
export class RedriveStore {
  private readonly activeKey: string;
  private readonly historyKey: string;
  private readonly leaseKey: string;
  private readonly fenceKey: string;

  constructor(private readonly source: DeadLetterSource) {
    const { bull } = source;
    this.activeKey = bull.toKey('redrives:active');
    this.historyKey = bull.toKey('redrives:all');
    this.leaseKey = bull.toKey('redrives:lease');
    this.fenceKey = bull.toKey('redrives:fence');
  }

  /** @returns the id of the task that is active already, if there is one */
  async start(id: string, plan: RedrivePlan, total: number): Promise<string | undefined> {
    const now = this.source.clock.now();
    const active = await START.run(
      this.source.redis,
      [this.activeKey, this.taskKey(id), this.historyKey],
      [
        id,
        now,
        'state',
        plan.canary > 0 ? 'canary' : 'running',
        'plan',
        JSON.stringify(plan),
        'total',
        total,
        'startedMs',
        now,
        'sinceMs',
        now,
        'redriven',
        0,
        'succeeded',
        0,
        'failedAgain',
        0,
        'failing',
        0,
      ],
    );
    if (active) return active;
    await this.forgetOld();
    return undefined;
  }

  async active(): Promise<string | undefined> {
    return (await this.source.redis.get(this.activeKey)) ?? undefined;
  }

  async read(id: string): Promise<StoredTask | undefined> {
    const fields = await this.source.redis.hgetall(this.taskKey(id));
    if (!fields['plan']) return undefined;
    const number = (name: string): number => Number(fields[name] ?? 0);
    const plan = JSON.parse(fields['plan']) as RedrivePlan;
    return {
      id,
      queue: this.source.bull.name,
      state: fields['state'] as RedriveState,
      by: plan.by,
      rate: plan.rate,
      startedAt: new Date(number('startedMs')).toISOString(),
      ...(fields['endedMs'] && { endedAt: new Date(number('endedMs')).toISOString() }),
      ...(fields['note'] && { note: fields['note'] }),
      total: number('total'),
      redriven: number('redriven'),
      succeeded: number('succeeded'),
      failedAgain: number('failedAgain'),
      failing: number('failing'),
      plan,
      sinceMs: number('sinceMs'),
      ...(fields['cursorId'] && {
        cursor: { id: fields['cursorId'], score: fields['cursorScore']! },
      }),
    };
  }

  /** Ids, newest first. */
  async ids(): Promise<readonly string[]> {
    return this.source.redis.zrevrange(this.historyKey, 0, KEPT_TASKS - 1);
  }

  /** Claims a task for this process; undefined if another process runs it, or it has ended. */
  async acquire(id: string, leaseMs: number): Promise<RedriveClaim | undefined> {
    const keys = [this.leaseKey, this.fenceKey, this.taskKey(id)];
    const token = await ACQUIRE.run(this.source.redis, keys, [leaseMs]);
    if (!token) return undefined;
    return {
      task: id,
      token,
      taskKey: this.taskKey(id),
      leaseKey: this.leaseKey,
      pendingKey: this.pendingKey(id),
    };
  }

  /** Whether a process holds the lease of the queue's tasks. */
  async isLeased(): Promise<boolean> {
    return (await this.source.redis.exists(this.leaseKey)) === 1;
  }

  async renew({ token }: RedriveClaim, leaseMs: number): Promise<boolean> {
    return (await RENEW.run(this.source.redis, [this.leaseKey], [token, leaseMs])) === 1;
  }

  async release({ token }: RedriveClaim): Promise<void> {
    await RELEASE.run(this.source.redis, [this.leaseKey], [token]);
  }

  async moveCursor({ token, taskKey }: RedriveClaim, { id, score }: Scored): Promise<void> {
    const fields = ['cursorId', id, 'cursorScore', score];
    await WRITE.run(this.source.redis, [this.leaseKey, taskKey], [token, ...fields]);
  }

  /** @returns false if the task has ended or another process runs it */
  async change(
    id: string,
    state: RedriveState,
    { token = '', note }: { readonly token?: string; readonly note?: string } = {},
  ): Promise<boolean> {
    const now = this.source.clock.now();
    const ends = ENDED_STATES.includes(state);
    const fields = [
      'sinceMs',
      now,
      ...(ends ? ['endedMs', now] : []),
      ...(note ? ['note', note] : []),
    ];
    const keys = [this.taskKey(id), this.leaseKey, this.activeKey, this.pendingKey(id)];
    const args = [token, id, state, ends ? 1 : 0, ...fields];
    return (await CHANGE.run(this.source.redis, keys, args)) === 1;
  }

  /** Redriven jobs without an outcome. The score is the death that they were redriven from. */
  async pending(id: string, after: Scored | undefined, size: number): Promise<readonly Scored[]> {
    return readPage(this.source.redis, this.pendingKey(id), 'oldest-first', after, size);
  }

  async pendingCount(id: string): Promise<number> {
    return this.source.redis.zcard(this.pendingKey(id));
  }

  async settle(
    { token, taskKey, pendingKey }: RedriveClaim,
    outcomes: {
      readonly succeeded: readonly string[];
      readonly failedAgain: readonly string[];
      readonly failing: number;
    },
  ): Promise<void> {
    const { succeeded, failedAgain, failing } = outcomes;
    await SETTLE.run(
      this.source.redis,
      [this.leaseKey, taskKey, pendingKey],
      [token, failing, succeeded.length, ...succeeded, ...failedAgain],
    );
  }

  private async forgetOld(): Promise<void> {
    const { redis } = this.source;
    const old = await redis.zrange(this.historyKey, 0, -KEPT_TASKS - 1);
    if (old.length === 0) return;
    await redis.del(...old.flatMap((id) => [this.taskKey(id), this.pendingKey(id)]));
    await redis.zrem(this.historyKey, ...old);
  }

  private taskKey(id: string): string {
    return this.source.bull.toKey(`redrives:task-${id}`);
  }

  private pendingKey(id: string): string {
    return this.source.bull.toKey(`redrives:pending-${id}`);
  }
}
