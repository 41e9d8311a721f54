import {
  CONFLICT,
  PERMANENT,
  PROGRAMMING_ERROR,
  REFUSED_CREDENTIALS,
  REJECTED,
  SUCCESS,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

const SQL_STATE = /^[0-9A-Z]{5}$/;
const BIND = /^bind message (has|supplies) \d/;
/** Classes that a code must have if nothing else shows that it is a SQLSTATE. */
const WELL_KNOWN = /^(08|22|23|25|28|3D|40|42|53|54|55|57|58)/;

/**
 * SQLSTATE classes of a database that is unavailable (PostgreSQL, Appendix A): 08 connection exception,
 * 28 invalid authorization, 53 insufficient resources, 57 operator intervention.
 */
export const UNAVAILABLE_STATES = /^(08|28|53|57)/;

/**
 * Errors of MySQL whose SQLSTATE says too little (HY000, general error) or the wrong thing:
 * https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html.
 */
const BY_MYSQL_NUMBER: ReadonlyMap<unknown, Classification> = new Map([
  [1021, PERMANENT], // the disk is full
  [1037, TRANSIENT], // out of memory
  [1041, TRANSIENT],
  [1114, PERMANENT], // the table is full
  [1153, SUCCESS], // one packet is too large; 08S01 would mean that the connection failed
  [1205, CONFLICT], // a lock was not granted in time
  [1290, TRANSIENT], // read-only, such as after a failover
  [1836, TRANSIENT],
]);

/**
 * Classifies an error of a SQL database by its SQLSTATE, which pg and postgres.js keep in `code` and
 * mysql2 in `sqlState`. Undefined if it has none.
 */
export function classifySqlState(error: unknown): Classification | undefined {
  // This process has closed its pool.
  if (textOf(error, 'message').startsWith('Cannot use a pool after calling end')) return REJECTED;
  const state = sqlStateOf(error);
  if (state === undefined) return undefined;
  const mysql = BY_MYSQL_NUMBER.get(fieldOf(error, 'errno'));
  if (mysql !== undefined && fieldOf(error, 'sqlState') === state) return mysql;
  // PostgreSQL got more parameters than the protocol can count. PgBouncer uses the state for outages, as FATAL.
  if (state === '08P01' && BIND.test(textOf(error, 'message'))) return SUCCESS;
  if (state.startsWith('40') || state === '55P03') return CONFLICT;
  if (state.startsWith('28')) return PERMANENT;
  if (UNAVAILABLE_STATES.test(state)) return TRANSIENT;
  // The database is missing, or broken inside.
  if (/^(3D|58|XX)/.test(state)) return PERMANENT;
  if (state === '42501') return REFUSED_CREDENTIALS;
  if (state.startsWith('42')) return PROGRAMMING_ERROR;
  // 22 and 23 above all: the database has looked at the values and refused them.
  return SUCCESS;
}

function sqlStateOf(error: unknown): string | undefined {
  const state = textOf(error, 'sqlState');
  if (SQL_STATE.test(state)) return state;
  const code = textOf(error, 'code');
  if (!SQL_STATE.test(code)) return undefined;
  // Only the server's own errors have a severity. Codes such as EPIPE have five letters too.
  const isServers = ['severity', 'severity_local'].some(
    (field) => fieldOf(error, field) !== undefined,
  );
  return isServers || WELL_KNOWN.test(code) ? code : undefined;
}
