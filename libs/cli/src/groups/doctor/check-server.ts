import type { Clock } from '@loyalnest/core';
import type { Redis } from 'ioredis';
import { humanAge } from '../../terminal/human-age.js';
import { Findings, type Finding } from './finding.js';
import { parseInfo, type RedisInfo } from './redis-info.js';

/** With this skew, a reconciliation of the dead-letter index would miss new deaths. */
const SKEW_FAIL_MS = 5 * 60_000;
const SKEW_WARN_MS = 2_000;
const MEMORY_WARN = 0.75;
const MEMORY_FAIL = 0.9;

/** Checks whether a Redis server keeps jobs safe: version, role, eviction, persistence, memory, clock. */
export async function checkServer(redis: Redis, clock: Clock): Promise<readonly Finding[]> {
  const { host, port } = redis.options;
  const findings = new Findings(`redis ${host}:${port}`);
  const info = parseInfo(await redis.info());
  checkVersion(findings, info);
  checkRole(findings, info);
  checkEviction(findings, info);
  await checkPersistence(findings, info, redis);
  checkMemory(findings, info);
  await checkClock(findings, redis, clock);
  return findings.all;
}

function checkVersion(findings: Findings, info: RedisInfo): void {
  const version = info['redis_version'] ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const seen = `${info['server_name'] ?? 'redis'} ${info['valkey_version'] ?? version}`;
  if (major > 6 || (major === 6 && minor >= 2)) findings.ok('version', seen);
  else if (major >= 5) findings.warn('version', seen, 'BullMQ recommends 6.2 or later: upgrade');
  else findings.fail('version', seen, 'BullMQ needs 5 or later: upgrade to 6.2 or later');
}

function checkRole(findings: Findings, info: RedisInfo): void {
  const role = info['role'] ?? 'unknown';
  if (role === 'master') findings.ok('role', role);
  else findings.fail('role', role, 'connect to the master; with Sentinel pass --sentinel <master>');
}

function checkEviction(findings: Findings, info: RedisInfo): void {
  const policy = info['maxmemory_policy'];
  if (policy === 'noeviction') findings.ok('eviction', policy);
  else {
    findings.fail(
      'eviction',
      `maxmemory-policy ${policy ?? 'unknown'}`,
      'Redis may delete jobs when memory runs out: CONFIG SET maxmemory-policy noeviction',
    );
  }
}

async function checkPersistence(findings: Findings, info: RedisInfo, redis: Redis): Promise<void> {
  if (info['aof_enabled'] === '1') {
    if (info['aof_last_write_status'] === 'ok') findings.ok('persistence', 'append-only file');
    else findings.fail('persistence', 'the append-only file cannot be written', 'free disk space');
    return;
  }
  const aof = 'turn on the append-only file: CONFIG SET appendonly yes';
  if (info['rdb_last_bgsave_status'] === 'err') {
    findings.fail('persistence', 'snapshots only, and the last one failed', aof);
    return;
  }
  // Managed servers refuse CONFIG.
  const save = await redis.config('GET', 'save').catch(() => undefined);
  const points = (save as string[] | undefined)?.[1];
  if (points === '') {
    findings.fail('persistence', 'none: a restart empties all queues', aof);
    return;
  }
  const seen = points === undefined ? 'no append-only file' : `snapshots only (save ${points})`;
  findings.warn('persistence', seen, `a crash loses all changes since the last snapshot: ${aof}`);
}

function checkMemory(findings: Findings, info: RedisInfo): void {
  const used = Number(info['used_memory'] ?? 0);
  const limit = Number(info['maxmemory'] ?? 0);
  const total = limit > 0 ? limit : Number(info['total_system_memory'] ?? 0);
  if (total === 0) {
    findings.ok('memory', `${mib(used)} used`);
    return;
  }
  const share = used / total;
  const of = limit > 0 ? `of maxmemory ${mib(limit)}` : `of the machine's ${mib(total)}, no limit`;
  const seen = `${mib(used)} used ${of} (${Math.round(share * 100)} %)`;
  const remedy = 'writes fail when memory is full: raise maxmemory, or discard and prune jobs';
  if (share >= MEMORY_FAIL) findings.fail('memory', seen, remedy);
  else if (share >= MEMORY_WARN) findings.warn('memory', seen, remedy);
  else findings.ok('memory', seen);
}

async function checkClock(findings: Findings, redis: Redis, clock: Clock): Promise<void> {
  const before = clock.now();
  const [seconds, micros] = (await redis.time()).map(Number) as [number, number];
  const after = clock.now();
  const serverMs = seconds * 1_000 + micros / 1_000;
  // The server read its clock at some moment between the two readings here.
  const skew = serverMs < before ? serverMs - before : Math.max(0, serverMs - after);
  const seen =
    Math.abs(skew) < 1
      ? 'the same as on this machine'
      : `${humanAge(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} this machine`;
  const remedy =
    'synchronise the clocks (NTP): delays, ages and expiries use the clocks of the workers';
  if (Math.abs(skew) >= SKEW_FAIL_MS) findings.fail('clock', seen, remedy);
  else if (Math.abs(skew) >= SKEW_WARN_MS) findings.warn('clock', seen, remedy);
  else findings.ok('clock', seen);
}

function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
