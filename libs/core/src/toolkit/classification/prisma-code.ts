import {
  CONFLICT,
  PERMANENT,
  PROGRAMMING_ERROR,
  SUCCESS,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { fieldOf, textOf } from './safe-field.js';
import { classifySqlState } from './sql-state.js';

/** SQLSTATE has a class P0, which is not Prisma's. */
const CODE = /^P[1-6]\d{3}$/;
/** Wrong password, missing database or rights, TLS: the next attempt would meet them again. */
const PERMANENT_CODES: ReadonlySet<string> = new Set([
  'P1000',
  'P1003',
  'P1010',
  'P1011',
  'P1014',
  'P1015',
]);
/** A schema or a URL that is wrong in this process. */
const MISUSE: ReadonlySet<string> = new Set(['P1012', 'P1013', 'P1016', 'P1018', 'P1019']);
/** No connection of the pool in time; too many connections; no answer in time. */
const EXHAUSTED: ReadonlySet<string> = new Set(['P2024', 'P2037']);

/**
 * Classifies an error of Prisma (https://www.prisma.io/docs/orm/reference/error-reference). Undefined for
 * other errors.
 */
export function classifyPrisma(error: unknown): Classification | undefined {
  const name = textOf(error, 'name');
  const isPrismas =
    name.startsWith('PrismaClient') || fieldOf(error, 'clientVersion') !== undefined;
  const code = [textOf(error, 'code'), textOf(error, 'errorCode')].find((text) => CODE.test(text));
  if (code === undefined) {
    if (!isPrismas) return undefined;
    return name === 'PrismaClientValidationError' ? PROGRAMMING_ERROR : TRANSIENT;
  }
  if (code === 'P2034') return CONFLICT;
  if (code === 'P2010') {
    const meta = fieldOf(error, 'meta');
    return classifySqlState({ code: textOf(meta, 'code'), severity: 'ERROR' }) ?? SUCCESS;
  }
  if (EXHAUSTED.has(code)) return TRANSIENT;
  if (code.startsWith('P2')) return SUCCESS;
  if (MISUSE.has(code) || /^P[34]/.test(code)) return PROGRAMMING_ERROR;
  return PERMANENT_CODES.has(code) ? PERMANENT : TRANSIENT;
}
