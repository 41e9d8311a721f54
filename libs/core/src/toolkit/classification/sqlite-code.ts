import { CONFLICT, SUCCESS, type Classification } from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

/** https://www.sqlite.org/rescode.html, also the primary codes of extended ones. */
const BUSY = 5;
const LOCKED = 6;
const REFUSED_VALUES: ReadonlySet<number> = new Set([18, 19, 20, 25]);
const BUSY_CODE = /^SQLITE_(BUSY|LOCKED)/;
const REFUSED_CODE = /^SQLITE_(TOOBIG|CONSTRAINT|MISMATCH|RANGE)/;

/**
 * Classifies what SQLite says about the values or about another transaction: errors of better-sqlite3,
 * sqlite3 and `node:sqlite`. Undefined for other errors.
 */
export function classifySqlite(error: unknown): Classification | undefined {
  const code = textOf(error, 'code');
  const primary = code === 'ERR_SQLITE_ERROR' ? Number(fieldOf(error, 'errcode')) & 0xff : 0;
  if (BUSY_CODE.test(code) || primary === BUSY || primary === LOCKED) return CONFLICT;
  return REFUSED_CODE.test(code) || REFUSED_VALUES.has(primary) ? SUCCESS : undefined;
}
