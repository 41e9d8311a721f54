import { OptionError } from '@loyalnest/core';
import type { DeadLetterFilter } from '../dead-letter.js';
import type { DeadLetterIndex } from '../index/dead-letter-index.js';
import { DeadLetterKeys } from '../dead-letter-keys.js';
import type { DeadLetterSource } from '../dead-letter-source.js';
import { entryOf, type IndexEntry } from '../index/index-entry.js';
import { readRecords } from '../record/job-record.js';
import { readPage, type PageOrder, type Scored } from '../../redis/scored-page.js';

/** A filter with its times as numbers. Redrive tasks store it. */
export interface ResolvedFilter {
  readonly reason?: DeadLetterFilter['reason'];
  readonly group?: string;
  readonly name?: string;
  readonly merchant?: string;
  /** First millisecond that matches. */
  readonly fromMs?: number;
  /** First millisecond that no longer matches. */
  readonly untilMs?: number;
}

/** A matching dead letter with its index entry. */
export interface Found extends Scored {
  readonly entry: IndexEntry;
}

/** The matches among the dead letters that were read. */
export interface FoundPage {
  readonly found: readonly Found[];
  /** Where the next page begins; missing at the end. */
  readonly next?: Scored;
}

/** @throws OptionError for an invalid time */
export function resolveFilter(filter: DeadLetterFilter): ResolvedFilter {
  const { reason, group, name, merchant } = filter;
  const fromMs = timeMs('failedAfter', filter.failedAfter);
  const untilMs = timeMs('failedBefore', filter.failedBefore);
  return {
    ...(reason !== undefined && { reason }),
    ...(group !== undefined && { group }),
    ...(name !== undefined && { name }),
    ...(merchant !== undefined && { merchant }),
    ...(fromMs !== undefined && { fromMs }),
    ...(untilMs !== undefined && { untilMs }),
  };
}

/** Finds matching dead letters page by page. It reads the smallest sorted set that has them all. */
export class DeadLetterScan {
  private readonly keys: DeadLetterKeys;

  constructor(
    private readonly source: DeadLetterSource,
    private readonly index: DeadLetterIndex,
  ) {
    this.keys = new DeadLetterKeys(source.bull);
  }

  /** Reads `size` dead letters. Fewer may match. */
  async page(
    filter: ResolvedFilter,
    order: PageOrder,
    after: Scored | undefined,
    size: number,
  ): Promise<FoundPage> {
    const start = after ?? firstPlace(filter, order);
    const members = await readPage(this.source.redis, this.keyOf(filter), order, start, size);
    const inTime = members.filter(({ score }) => isWithin(filter, Number(score)));
    const entries = await this.entriesOf(inTime);
    const found = inTime.flatMap((member, i) => {
      const entry = entries[i];
      return entry && entry.score === member.score && fits(filter, entry)
        ? [{ ...member, entry }]
        : [];
    });
    const last = members.at(-1);
    const more = members.length === size && !isBeyond(filter, order, Number(last!.score));
    return { found, ...(more && { next: last! }) };
  }

  /** Counts the matches. A filter by name, merchant, or both reason and group reads every entry. */
  async count(filter: ResolvedFilter): Promise<number> {
    const { redis } = this.source;
    if (
      filter.name === undefined &&
      filter.merchant === undefined &&
      !(filter.reason && filter.group)
    ) {
      const until = filter.untilMs === undefined ? '+inf' : `(${filter.untilMs}`;
      return redis.zcount(this.keyOf(filter), filter.fromMs ?? '-inf', until);
    }
    let count = 0;
    let after: Scored | undefined;
    do {
      const page = await this.page(filter, 'oldest-first', after, 500);
      count += page.found.length;
      after = page.next;
    } while (after);
    return count;
  }

  /** Without a reason or a group it is the failed set itself, which misses nothing. */
  private keyOf({ group, reason }: ResolvedFilter): string {
    if (group !== undefined) return this.keys.group(group);
    return reason === undefined ? this.keys.failed : this.keys.reason(reason);
  }

  /** Makes the entry of a dead letter that is not indexed yet from its job. */
  private async entriesOf(members: readonly Scored[]): Promise<(IndexEntry | undefined)[]> {
    const entries = await this.index.entries(members.map(({ id }) => id));
    const missing = members.flatMap(({ id, score }, i) =>
      entries[i]?.score === score ? [] : [{ id, i }],
    );
    if (missing.length === 0) return entries;
    const records = await readRecords(
      this.source,
      missing.map(({ id }) => id),
    );
    missing.forEach(({ i }, at) => {
      const record = records[at];
      entries[i] =
        record && record.score !== null ? entryOf({ ...record, score: record.score }) : undefined;
    });
    return entries;
  }
}

function fits({ reason, group, name, merchant }: ResolvedFilter, entry: IndexEntry): boolean {
  return (
    (reason === undefined || entry.reason === reason) &&
    (group === undefined || entry.group === group) &&
    (name === undefined || entry.name === name) &&
    (merchant === undefined || entry.merchant === merchant)
  );
}

function isWithin({ fromMs, untilMs }: ResolvedFilter, ms: number): boolean {
  return (fromMs === undefined || ms >= fromMs) && (untilMs === undefined || ms < untilMs);
}

/** Whether nothing after this time can match. */
function isBeyond({ fromMs, untilMs }: ResolvedFilter, order: PageOrder, ms: number): boolean {
  return order === 'oldest-first'
    ? untilMs !== undefined && ms >= untilMs
    : fromMs !== undefined && ms < fromMs;
}

function firstPlace({ fromMs, untilMs }: ResolvedFilter, order: PageOrder): Scored | undefined {
  if (order === 'oldest-first')
    return fromMs === undefined ? undefined : { score: String(fromMs), id: '' };
  return untilMs === undefined ? undefined : { score: `(${untilMs}`, id: '' };
}

function timeMs(field: string, value: string | number | Date | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = new Date(value).getTime();
  if (Number.isFinite(ms)) return ms;
  throw new OptionError(`deadLetters.${field}`, value, 'use a time such as 2026-11-21T14:00:00Z');
}
