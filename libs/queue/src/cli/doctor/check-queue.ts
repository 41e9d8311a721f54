import type { QueueAdmin } from '../../admin/admin-commands.js';
import { DeadLetterKeys } from '../../dead-letter/dead-letter-keys.js';
import { parseData } from '../../dead-letter/job-record.js';
import { readQueueOverview, type QueueOverview } from '../../monitoring/queue-overview.js';
import { humanAge } from '../human-time.js';
import { Findings, type Finding } from './finding.js';
import { findOrphans, type Orphans } from './orphaned-jobs.js';

export interface QueueCheckOptions {
  /** How long the receivers of effects know what they have done. */
  readonly dedupeWindowMs?: number;
  /** Whether every key of the queue is looked at. */
  readonly thorough: boolean;
  readonly signal: AbortSignal;
}

/** An idempotency key that is forgotten sooner does not cover a producer's retries. */
const SHORT_MEMORY_MS = 3_600_000;

/** Whether a queue is being worked on, and its keys are what they say. */
export async function checkQueue(
  admin: QueueAdmin,
  options: QueueCheckOptions,
): Promise<readonly Finding[]> {
  const { bull } = admin.letters.source;
  const findings = new Findings(bull.name);
  // The index as it is, before the overview mends it.
  await checkIndex(findings, admin);
  const overview = await readQueueOverview(admin.letters, admin.redrives);
  checkPaused(findings, overview);
  checkWorkers(findings, overview);
  checkDedupe(findings, overview, options.dedupeWindowMs);
  await checkKeptJobs(findings, admin);
  await checkRedrive(findings, admin, overview);
  if (options.thorough) reportOrphans(findings, await findOrphans(admin.letters, options.signal));
  return findings.all;
}

function checkPaused(findings: Findings, { queue, paused }: QueueOverview): void {
  if (!paused) findings.ok('paused', 'no');
  else {
    const remedy = `loyalnest resume ${queue} once the reason is gone; loyalnest audit tells who it was`;
    findings.warn('paused', 'its workers take no job', remedy);
  }
}

function checkWorkers(findings: Findings, overview: QueueOverview): void {
  const { workers, counts, paused, oldestWaitingMs = 0 } = overview;
  const waiting = counts.waiting + counts.prioritized;
  if (workers === null) findings.ok('workers', 'this Redis does not tell who is connected');
  else if (workers > 0 || waiting === 0 || paused) {
    findings.ok('workers', `${workers} connected, ${waiting} jobs wait`);
  } else {
    findings.fail(
      'workers',
      `${waiting} jobs wait, the oldest for ${humanAge(oldestWaitingMs)}, and no worker is connected`,
      'start the service that has handlers for the queue',
    );
  }
}

function checkDedupe(
  findings: Findings,
  { deadLetters }: QueueOverview,
  windowMs: number | undefined,
): void {
  if (deadLetters.length === 0) return findings.ok('dedupe', 'no dead letters');
  const oldestMs = Math.max(...deadLetters.map((one) => one.oldestMs));
  const seen = `the oldest dead letter is ${humanAge(oldestMs)} old`;
  if (windowMs === undefined) {
    return findings.ok('dedupe', `${seen}; --dedupe-window compares it with your inbox`);
  }
  if (oldestMs <= windowMs) return findings.ok('dedupe', seen);
  findings.warn(
    'dedupe',
    `${seen}, and an inbox knows what it has done for ${humanAge(windowMs)}`,
    'an effect that was done may be done again by a redrive: look before, or keep the inbox longer',
  );
}

async function checkKeptJobs(findings: Findings, { letters }: QueueAdmin): Promise<void> {
  const { bull, redis } = letters.source;
  const [newest] = await redis.zrange(bull.toKey('completed'), -1, -1);
  const opts = newest === undefined ? null : await redis.hget(bull.toKey(newest), 'opts');
  const { removeOnComplete: kept } = (parseData(opts ?? '{}') ?? {}) as {
    readonly removeOnComplete?: boolean | { readonly age?: number };
  };
  const ageMs = typeof kept === 'object' && kept.age !== undefined ? kept.age * 1_000 : undefined;
  if (ageMs === undefined || ageMs >= SHORT_MEMORY_MS) {
    findings.ok('kept-jobs', ageMs === undefined ? 'nothing to see' : `for ${humanAge(ageMs)}`);
    return;
  }
  findings.warn(
    'kept-jobs',
    `completed jobs are known for ${humanAge(ageMs)}`,
    'a duplicate that comes later runs again: raise keepCompleted of QueueModule',
  );
}

async function checkIndex(findings: Findings, { letters }: QueueAdmin): Promise<void> {
  const { redis, bull } = letters.source;
  const keys = new DeadLetterKeys(bull);
  const [failed, indexed] = await Promise.all([redis.zcard(keys.failed), redis.zcard(keys.index)]);
  if (failed === indexed) return findings.ok('index', `${indexed} of ${failed} dead letters`);
  findings.warn(
    'index',
    `${indexed} entries for ${failed} dead letters`,
    `no service has mended it: loyalnest dlq groups ${bull.name} does`,
  );
}

async function checkRedrive(
  findings: Findings,
  { letters }: QueueAdmin,
  { queue, redrive }: QueueOverview,
): Promise<void> {
  if (!redrive) return findings.ok('redrive', 'none under way');
  const { redis, bull } = letters.source;
  const seen = `task ${redrive.id}: ${redrive.state}, ${redrive.redriven} of ${redrive.total}`;
  // The lease of whoever runs it.
  if ((await redis.exists(bull.toKey('redrives:lease'))) === 1) return findings.ok('redrive', seen);
  findings.warn('redrive', `${seen}; nobody runs it`, `loyalnest redrives resume ${queue}`);
}

function reportOrphans(findings: Findings, { ids, parts, bodiless, tooMany }: Orphans): void {
  if (tooMany) {
    const remedy = 'look again when fewer jobs wait';
    findings.warn('keys', 'too many jobs wait to look at every key', remedy);
    return;
  }
  if (ids.length + parts.length + bodiless === 0) {
    return findings.ok('keys', 'every job is in one state');
  }
  const examples = ids.slice(0, 3).join(', ');
  if (ids.length > 0) {
    findings.warn(
      'keys',
      `${ids.length} jobs are in no state and will never run: ${examples}`,
      'somebody removed them from a set by hand; look at their data, enqueue it anew, then UNLINK them',
    );
  }
  if (parts.length > 0) {
    findings.warn(
      'keys',
      `${parts.length} keys belong to jobs that do not exist: ${parts.slice(0, 3).join(', ')}`,
      'somebody deleted jobs by hand, or Redis evicted them; they only take memory: UNLINK them',
    );
  }
  if (bodiless > 0) {
    findings.warn(
      'keys',
      `${bodiless} dead letters have no job any more`,
      'somebody deleted jobs by hand, or Redis evicted them; they cannot be redriven',
    );
  }
}
