import { isLoyalNestError, OptionError, type Clock } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import type { Cluster, Redis } from 'ioredis';
import { adminCommanded } from './admin.events.js';
import type { Actor, AuditIntent, AuditPage, AuditRecord, AuditResult } from './audit-record.js';
import { AuditUnwritableError } from './audit-unwritable.error.js';

/** Max number of entries. Each command has two. Redis may keep a few more. */
const MAX_ENTRIES = 20_000;
/** Max time between an intent and its outcome. Later outcomes are not found. */
const OUTCOME_WITHIN_MS = 60_000;
const PAGE = 500;
const REFUSALS: readonly string[] = ['invalid', 'not-found', 'conflict', 'forbidden'];

export interface AuditTrailOptions {
  readonly redis: Redis | Cluster;
  readonly clock: Clock;
  readonly prefix: string;
  /** @defaultValue 20000 */
  readonly maxEntries?: number;
}

interface Stored {
  readonly intent?: AuditIntent & { readonly at: string };
  readonly result?: AuditResult & { readonly of: string };
}

/** Until version 0.1 the source of an intent was stored as `face`. */
type IntentOfVersion1 = AuditIntent & { readonly at: string; readonly face?: Actor['source'] };

/**
 * Records all commands in a Redis stream. It writes the intent before the command runs, and the outcome
 * afterwards. A command whose intent cannot be written does not run, so no command is missing.
 */
export class AuditTrail {
  readonly key: string;
  private readonly maxEntries: number;

  constructor(private readonly options: AuditTrailOptions) {
    this.key = `${options.prefix}:audit`;
    this.maxEntries = options.maxEntries ?? MAX_ENTRIES;
  }

  /**
   * Runs a command and records it.
   *
   * @param madeBy returns the id of what the command created
   * @throws AuditUnwritableError if the intent cannot be written; the command did not run
   * @throws what the command throws
   */
  async record<T>(
    intent: AuditIntent,
    command: () => Promise<T>,
    madeBy?: (result: T) => string,
  ): Promise<T> {
    const at = new Date(this.options.clock.now()).toISOString();
    const id = await this.append('intent', { at, ...intent }).catch((error: unknown) => {
      throw new AuditUnwritableError(intent.command, intent.queue, error);
    });
    try {
      const value = await command();
      await this.close(id, at, intent, { outcome: 'done', ...(madeBy && { made: madeBy(value) }) });
      return value;
    } catch (error) {
      await this.close(id, at, intent, failureOf(error));
      throw error;
    }
  }

  /** Returns a page of commands, newest first. */
  async list({ limit = 50, cursor }: { limit?: number; cursor?: string } = {}): Promise<AuditPage> {
    const max = wholeNumber('audit.limit', limit, { min: 1, max: 1_000 });
    const results = new Map<string, AuditResult>();
    const entries: AuditRecord[] = [];
    if (cursor !== undefined) await this.readResults(checkCursor(cursor), results);
    let from = cursor === undefined ? '+' : `(${cursor}`;
    for (;;) {
      const page = await this.options.redis.xrevrange(this.key, from, '-', 'COUNT', PAGE);
      for (const [id, fields] of page) {
        const { intent, result } = parse(fields);
        note(results, result);
        if (!intent) continue;
        if (entries.length === max) return { entries, cursor: entries.at(-1)!.id };
        entries.push({ id, ...intent, ...(results.get(id) ?? { outcome: 'unknown' }) });
      }
      if (page.length < PAGE) return { entries };
      from = `(${page.at(-1)![0]}`;
    }
  }

  /** Reads the outcomes that were written after the cursor, and so belong to the previous pages. */
  private async readResults(cursor: string, results: Map<string, AuditResult>): Promise<void> {
    const until = Number(cursor.split('-')[0]) + OUTCOME_WITHIN_MS;
    let from = `(${cursor}`;
    for (;;) {
      const page = await this.options.redis.xrange(this.key, from, until, 'COUNT', PAGE);
      for (const [, fields] of page) note(results, parse(fields).result);
      if (page.length < PAGE) return;
      from = `(${page.at(-1)![0]}`;
    }
  }

  /** The command has already run, so a failure to write its outcome is ignored. */
  private async close(
    id: string,
    at: string,
    intent: AuditIntent,
    result: AuditResult,
  ): Promise<void> {
    adminCommanded.publish({ id, at, ...intent, ...result });
    await this.append('outcome', { of: id, ...result }).catch(() => undefined);
  }

  private async append(kind: 'intent' | 'outcome', content: object): Promise<string> {
    const { redis } = this.options;
    const id = await redis.xadd(
      this.key,
      'MAXLEN',
      '~',
      this.maxEntries,
      '*',
      kind,
      JSON.stringify(content),
    );
    return id!;
  }
}

function note(results: Map<string, AuditResult>, closed: Stored['result']): void {
  if (!closed) return;
  const { of, ...result } = closed;
  results.set(of, result);
}

/** Entries that we did not write are skipped. */
function parse([kind, content]: readonly string[]): Stored {
  try {
    if (kind !== 'intent') return { result: JSON.parse(content ?? '') as Stored['result'] };
    const { face, ...intent } = JSON.parse(content ?? '') as IntentOfVersion1;
    return { intent: { ...intent, source: intent.source ?? face! } };
  } catch {
    return {};
  }
}

function failureOf(error: unknown): AuditResult {
  if (!isLoyalNestError(error)) return { outcome: 'failed', error: 'INTERNAL' };
  const { category, code } = error;
  return { outcome: REFUSALS.includes(category) ? 'refused' : 'failed', error: code };
}

function checkCursor(cursor: string): string {
  if (/^\d{1,15}-\d{1,10}$/.test(cursor)) return cursor;
  throw new OptionError('audit.cursor', cursor, 'use the cursor of the previous page');
}
