import type { DeadLetterFilter } from '../dead-letter/dead-letter.js';
import type { RedriveClaim } from '../dead-letter/redrive/dead-letter-redriver.js';
import type { DeadLetters } from '../dead-letter/dead-letters.js';
import type { Scored } from '../redis/scored-page.js';
import { randomUUID } from 'node:crypto';
import { RedriveOutcomes } from './redrive-outcomes.js';
import { RedrivePace } from './redrive-pace.js';
import { resolveRedrive, type RedriveRequest } from './redrive-request.js';
import { RedriveStore, type StoredTask } from './redrive-store.js';
import { RedriveTaskActiveError } from './redrive-task-active.error.js';
import { RedriveTaskNotFoundError } from './redrive-task-not-found.error.js';
import { ENDED_STATES, type RedriveState, type RedriveTask } from './redrive-task.js';
import { redriveTaskChanged } from './redrive.events.js';

/** `ended`: the task is over. `interrupted`: another process can continue. `taken`: another runs it. */
export type RunEnd = 'ended' | 'interrupted' | 'taken';

const LEASE_MS = 15_000;
const TICK_MS = 25;
const LOOK_EVERY_MS = 200;
const PAGE = 200;

/**
 * Redrives many dead letters of one queue. A task lives in Redis: any process can start it, any can run
 * it, and if that process dies, any other continues. It needs only Redis.
 */
export class RedriveEngine {
  private readonly store: RedriveStore;
  private readonly outcomes: RedriveOutcomes;

  constructor(
    private readonly letters: DeadLetters,
    private readonly leaseMs = LEASE_MS,
  ) {
    this.store = new RedriveStore(letters.source);
    this.outcomes = new RedriveOutcomes(letters.source, this.store);
  }

  /** Number of dead letters that match now. */
  count(filter: DeadLetterFilter = {}): Promise<number> {
    return this.letters.count(filter);
  }

  /**
   * Stores a task, which `run` then carries out.
   *
   * @throws RedriveTaskActiveError if the queue has an active task
   */
  async start(request: RedriveRequest): Promise<RedriveTask> {
    const { clock, bull } = this.letters.source;
    const plan = resolveRedrive(request, clock.now());
    const known = await this.store.active();
    if (known) throw new RedriveTaskActiveError(bull.name, known);
    await this.letters.reconcile();
    const total = await this.letters.scan.count(plan.filter);
    const id = randomUUID();
    const active = await this.store.start(id, plan, total);
    if (active) throw new RedriveTaskActiveError(bull.name, active);
    return this.publish(id);
  }

  /** @throws RedriveTaskNotFoundError */
  async get(id: string): Promise<RedriveTask> {
    const task = await this.store.read(id);
    if (!task) throw new RedriveTaskNotFoundError(this.letters.source.bull.name, id);
    return withoutPlan(task);
  }

  /** The active task: the one that has not ended. */
  async active(): Promise<RedriveTask | undefined> {
    const id = await this.store.active();
    return id === undefined ? undefined : this.get(id);
  }

  /** Whether a process is running the active task at this moment. */
  isRunning(): Promise<boolean> {
    return this.store.isLeased();
  }

  /** The last tasks, newest first. */
  async list(): Promise<readonly RedriveTask[]> {
    const tasks = await Promise.all((await this.store.ids()).map((id) => this.store.read(id)));
    return tasks.flatMap((task) => (task ? [withoutPlan(task)] : []));
  }

  /**
   * Ends a task. Once this resolves, the task redrives nothing more. It does not change a task that has
   * ended.
   *
   * @throws RedriveTaskNotFoundError
   */
  async cancel(id: string, by: string): Promise<RedriveTask> {
    const changed = await this.store.change(id, 'cancelled', { note: `cancelled by ${by}` });
    return changed ? this.publish(id) : this.get(id);
  }

  /**
   * Runs a task until it ends or the signal aborts. After an abort, another process can continue at once.
   *
   * @throws errors of Redis; another process can continue once the lease expires
   */
  async run(id: string, signal?: AbortSignal): Promise<RunEnd> {
    const claim = await this.store.acquire(id, this.leaseMs);
    if (!claim) {
      const task = await this.get(id);
      return ENDED_STATES.includes(task.state) ? 'ended' : 'taken';
    }
    const end = await this.drive(claim, signal);
    await this.store.release(claim);
    return end;
  }

  private async drive(claim: RedriveClaim, signal: AbortSignal | undefined): Promise<RunEnd> {
    const { clock } = this.letters.source;
    let task = (await this.store.read(claim.task))!;
    let pace = new RedrivePace(task.plan.rate, clock.monotonic());
    let lookedMs = -Infinity;
    for (;;) {
      if (signal?.aborted) return 'interrupted';
      const now = clock.monotonic();
      if (!(await this.store.renew(claim, this.leaseMs))) return 'taken';
      if (now - lookedMs >= LOOK_EVERY_MS) {
        await this.outcomes.settle(claim);
        lookedMs = now;
      }
      task = (await this.store.read(claim.task))!;
      if (ENDED_STATES.includes(task.state)) return 'ended';
      const next = await this.decide(task);
      if (next) {
        const how = { token: claim.token, ...(next.note && { note: next.note }) };
        if (!(await this.store.change(task.id, next.state, how))) continue;
        await this.publish(task.id);
        if (next.state === 'running') pace = new RedrivePace(task.plan.rate, clock.monotonic());
        continue;
      }
      if (!(await this.advance(claim, task, pace))) await this.rest(signal);
    }
  }

  /** The next state, if the counts require a change. */
  private async decide(
    task: StoredTask,
  ): Promise<{ readonly state: RedriveState; readonly note?: string } | undefined> {
    const { plan, succeeded, failedAgain, failing } = task;
    const failed = failedAgain + failing;
    const known = succeeded + failed;
    const elapsedMs = this.letters.source.clock.now() - task.sinceMs;
    if (task.state === 'canary') {
      if (failed > 0) {
        return { state: 'stopped', note: `${failed} of ${task.redriven} canaries failed again` };
      }
      if (succeeded >= plan.canary) return { state: 'running' };
      if (elapsedMs <= plan.canaryTimeoutMs) return undefined;
      const note = `no outcome of the canary within ${plan.canaryTimeoutMs} ms`;
      return { state: 'stopped', note };
    }
    if (task.state === 'running') {
      if (known < plan.stopAfter || failed / known <= plan.stopAbove) return undefined;
      return { state: 'stopped', note: `${failed} of ${known} failed again` };
    }
    const open = await this.store.pendingCount(task.id);
    if (open === 0) return { state: 'completed' };
    if (elapsedMs <= plan.settleTimeoutMs) return undefined;
    return { state: 'completed', note: `${open} have no outcome yet` };
  }

  /** @returns whether to go on without a pause */
  private async advance(
    claim: RedriveClaim,
    task: StoredTask,
    pace: RedrivePace,
  ): Promise<boolean> {
    if (task.state === 'settling') return false;
    const { clock } = this.letters.source;
    const { plan } = task;
    const unsettled = await this.store.pendingCount(task.id);
    let room = plan.maxUnsettled - unsettled;
    if (task.state === 'canary') room = Math.min(room, plan.canary - task.redriven);
    else if (room <= 0) pace.forfeit();
    const allowed = task.state === 'canary' ? room : pace.allowance(clock.monotonic());
    const size = Math.min(PAGE, room, allowed);
    if (size <= 0) return false;
    const taken = await this.take(claim, task, size);
    if (task.state !== 'canary') pace.spend(taken.redriven);
    if (!taken.exhausted) return !taken.busy;
    // There were fewer dead letters than canaries: those must still succeed.
    if (task.state === 'canary' && unsettled + taken.redriven > 0) return false;
    if (await this.store.change(task.id, 'settling', { token: claim.token }))
      await this.publish(task.id);
    return true;
  }

  /** Redrives up to `size` dead letters after the cursor. */
  private async take(
    claim: RedriveClaim,
    task: StoredTask,
    size: number,
  ): Promise<{ readonly redriven: number; readonly exhausted: boolean; readonly busy: boolean }> {
    const { scan, redriver } = this.letters;
    const page = await scan.page(task.plan.filter, 'oldest-first', task.cursor, PAGE);
    const chosen = page.found.slice(0, size);
    const outcomes = chosen.length > 0 ? await redriver.redrive(chosen, task.by, claim) : [];
    if (outcomes.includes('fenced')) return { redriven: 0, exhausted: false, busy: false };
    const redriven = outcomes.filter((outcome) => outcome === 'redriven').length;
    // Another redrive holds a busy one: try it again until that redrive is over.
    const busy = outcomes.indexOf('busy');
    let cursor: Scored | undefined;
    if (busy >= 0) cursor = chosen[busy - 1];
    else cursor = chosen.length < page.found.length ? chosen.at(-1) : page.next;
    if (cursor) await this.store.moveCursor(claim, cursor);
    const exhausted = busy < 0 && chosen.length === page.found.length && !page.next;
    return { redriven, exhausted, busy: busy >= 0 };
  }

  private async rest(signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.letters.source;
    await clock.sleep(TICK_MS, { ...(signal && { signal }) }).catch(() => undefined);
  }

  private async publish(id: string): Promise<RedriveTask> {
    const task = await this.get(id);
    redriveTaskChanged.publish(task);
    return task;
  }
}

function withoutPlan({
  plan: _plan,
  cursor: _cursor,
  sinceMs: _since,
  ...task
}: StoredTask): RedriveTask {
  return task;
}
