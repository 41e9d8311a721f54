import {
  CONFLICT,
  PERMANENT,
  PROGRAMMING_ERROR,
  REFUSED_CREDENTIALS,
  SUCCESS,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

/**
 * Codes with which a MongoDB server says that it cannot serve commands now. The retryable reads
 * specification names most of them: https://github.com/mongodb/specifications.
 */
const UNAVAILABLE: ReadonlySet<unknown> = new Set([
  6, 7, 50, 64, 89, 91, 133, 134, 146, 189, 202, 234, 262, 9001, 10107, 11600, 11602, 13388, 13435,
  13436,
]);
/** Broken inside, not set up for the command, out of disk space, or a wrong password. */
const BROKEN: ReadonlySet<unknown> = new Set([1, 8, 18, 14031]);
/** A write conflict, and a transaction that is gone. */
const LOST_RACES: ReadonlySet<unknown> = new Set([112, 251]);
const SERVER_ERROR = /^Mongo(Server|BulkWrite|WriteConcern)Error$/;
/** The driver or bson refused values before they were sent. */
const REFUSED_HERE =
  /^(Mongo(InvalidArgument|Parse|MissingCredentials|Compatibility)Error|BSON\w*Error)$/;

/** Classifies an error of the MongoDB driver or of bson. Undefined for other errors. */
export function classifyMongo(error: unknown): Classification | undefined {
  const name = textOf(error, 'name');
  if (REFUSED_HERE.test(name)) return PROGRAMMING_ERROR;
  if (!SERVER_ERROR.test(name)) return undefined;
  const code = fieldOf(error, 'code');
  if (hasLabel(error, 'TransientTransactionError') || LOST_RACES.has(code)) return CONFLICT;
  if (hasLabel(error, 'RetryableWriteError') || UNAVAILABLE.has(code)) return TRANSIENT;
  if (code === 13) return REFUSED_CREDENTIALS;
  if (code === undefined || BROKEN.has(code)) return PERMANENT;
  // The server has looked at the values and refused them: a duplicate key, a failed validation.
  return SUCCESS;
}

function hasLabel(error: unknown, label: string): boolean {
  const labels = fieldOf(error, 'errorLabels');
  return Array.isArray(labels) && labels.includes(label);
}
