import { CONFLICT, PROGRAMMING_ERROR, SUCCESS, type Classification } from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

/** The database has answered that there is no such row or document: TypeORM, Sequelize, mongoose. */
const NOT_FOUND: ReadonlySet<string> = new Set([
  'DocumentNotFoundError',
  'EntityNotFound',
  'EntityNotFoundError',
  'SequelizeEmptyResultError',
]);
/** Another call has changed the row since it was read. */
const STALE: ReadonlySet<string> = new Set([
  'OptimisticLockError',
  'OptimisticLockVersionMismatchError',
  'SequelizeOptimisticLockError',
  'VersionError',
]);
/** The library refused values before they were sent. */
const REFUSED_HERE: ReadonlySet<string> = new Set([
  'ObjectParameterError',
  'SequelizeValidationError',
  'StrictModeError',
]);

/**
 * Classifies what TypeORM, Sequelize, MikroORM and mongoose find out without an error of the database.
 * Undefined for other errors.
 */
export function classifyOrm(error: unknown): Classification | undefined {
  const name = textOf(error, 'name');
  if (NOT_FOUND.has(name)) return SUCCESS;
  if (STALE.has(name)) return CONFLICT;
  return REFUSED_HERE.has(name) || isMongooseRefusal(error, name) ? PROGRAMMING_ERROR : undefined;
}

/** Several libraries have errors with these names; mongoose's also have the field. */
function isMongooseRefusal(error: unknown, name: string): boolean {
  if (name === 'CastError') return typeof fieldOf(error, 'path') === 'string';
  return name === 'ValidationError' && textOf(error, '_message') !== '';
}
