import {
  findOrphans,
  keptCompletedMs,
  readQueueOverview,
  type Orphans,
  type QueueAdmin,
  type QueueOverview,
} from '@loyalnest/queue/operator';
import { humanAge } from '../../terminal/human-age.js';
import { Findings, type Finding } from './finding.js';

export interface QueueCheckOptions {
  /** How long the inbox remembers effects. Undefined skips the comparison with dead letters. */
  readonly dedupeWindowMs?: number;
  /** Whether to search every key of the queue. */
  readonly thorough: boolean;
  readonly signal: AbortSignal;
}

/** Producers rarely send a duplicate later than this. */
const MIN_KEPT_MS = 3_600_000;
const MAX_EXAMPLES = 3;

/** Checks whether workers process the queue, and whether its keys are consistent. */
export async function checkQueue(
  admin: QueueAdmin,
  options: QueueCheckOptions,
): Promise<readonly Finding[]> {
  const findings = new Findings(admin.letters.source.bull.name);
  // Before the overview, which repairs the index.
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
    const remedy = `run loyalnest audit to see who paused it, then loyalnest resume ${queue}`;
    findings.warn('paused', 'workers take no jobs', remedy);
  }
}

function checkWorkers(findings: Findings, overview: QueueOverview): void {
  const { workers, counts, paused, oldestWaitingMs = 0 } = overview;
  const waiting = counts.waiting + counts.prioritized;
  if (workers === null) findings.ok('workers', 'this Redis does not list its clients');
  else if (workers > 0 || waiting === 0 || paused) {
    findings.ok('workers', `${workers} connected, ${waiting} jobs wait`);
  } else {
    findings.fail(
      'workers',
      `${waiting} jobs wait, the oldest for ${humanAge(oldestWaitingMs)}, and no worker is connected`,
      'start the service that handles the jobs of this queue',
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
    `${seen}, but the inbox remembers only ${humanAge(windowMs)}`,
    'a redrive may repeat an effect: check before you redrive, or keep inbox rows longer',
  );
}

async function checkKeptJobs(findings: Findings, { letters }: QueueAdmin): Promise<void> {
  const ageMs = await keptCompletedMs(letters);
  if (ageMs === undefined || ageMs >= MIN_KEPT_MS) {
    const seen = ageMs === undefined ? 'nothing to check' : `for ${humanAge(ageMs)}`;
    return findings.ok('kept-jobs', seen);
  }
  findings.warn(
    'kept-jobs',
    `completed jobs are kept for ${humanAge(ageMs)}`,
    'a duplicate that is enqueued later runs again: raise keepCompleted of QueueModule',
  );
}

async function checkIndex(findings: Findings, { letters }: QueueAdmin): Promise<void> {
  const { deadLetters, indexed } = await letters.indexCoverage();
  if (deadLetters === indexed) {
    return findings.ok('index', `${indexed} of ${deadLetters} dead letters`);
  }
  findings.warn(
    'index',
    `${indexed} entries for ${deadLetters} dead letters`,
    `no service has repaired it; run loyalnest dlq groups ${letters.source.bull.name}`,
  );
}

async function checkRedrive(
  findings: Findings,
  { redrives }: QueueAdmin,
  { queue, redrive }: QueueOverview,
): Promise<void> {
  if (!redrive) return findings.ok('redrive', 'no active task');
  const seen = `task ${redrive.id}: ${redrive.state}, ${redrive.redriven} of ${redrive.total}`;
  if (await redrives.isRunning()) return findings.ok('redrive', seen);
  findings.warn(
    'redrive',
    `${seen}; no process runs it`,
    `start a service of this queue, or run loyalnest redrives resume ${queue}`,
  );
}

function reportOrphans(findings: Findings, { ids, parts, bodiless, tooMany }: Orphans): void {
  if (tooMany) {
    const remedy = 'run the doctor again when fewer jobs wait';
    findings.warn('keys', 'too many jobs wait to search every key', remedy);
    return;
  }
  if (ids.length + parts.length + bodiless === 0) {
    return findings.ok('keys', 'every job is in one state');
  }
  if (ids.length > 0) {
    findings.warn(
      'keys',
      `${ids.length} jobs are in no state and will never run: ${examplesOf(ids)}`,
      'they were removed from a set by hand; read their data, enqueue them again, then UNLINK them',
    );
  }
  if (parts.length > 0) {
    findings.warn(
      'keys',
      `${parts.length} keys belong to jobs that do not exist: ${examplesOf(parts)}`,
      'the jobs were deleted by hand or evicted; UNLINK the keys to free their memory',
    );
  }
  if (bodiless > 0) {
    findings.warn(
      'keys',
      `${bodiless} dead letters have no job any more`,
      'the jobs were deleted by hand or evicted; they cannot be redriven',
    );
  }
}

function examplesOf(found: readonly string[]): string {
  return found.slice(0, MAX_EXAMPLES).join(', ');
}
