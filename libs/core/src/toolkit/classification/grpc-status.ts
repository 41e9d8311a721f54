import {
  ABORTED,
  CONFLICT,
  PERMANENT,
  PROGRAMMING_ERROR,
  RATE_LIMITED,
  REFUSED_CREDENTIALS,
  SUCCESS,
  TIMED_OUT,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

/** By number, from OK (0) to UNAUTHENTICATED (16): https://grpc.io/docs/guides/status-codes. */
const BY_CODE: readonly Classification[] = [
  SUCCESS, // OK
  ABORTED, // CANCELLED
  PERMANENT, // UNKNOWN
  SUCCESS, // INVALID_ARGUMENT
  TIMED_OUT, // DEADLINE_EXCEEDED
  SUCCESS, // NOT_FOUND
  SUCCESS, // ALREADY_EXISTS
  REFUSED_CREDENTIALS, // PERMISSION_DENIED
  RATE_LIMITED, // RESOURCE_EXHAUSTED
  SUCCESS, // FAILED_PRECONDITION
  CONFLICT, // ABORTED
  SUCCESS, // OUT_OF_RANGE
  PERMANENT, // UNIMPLEMENTED
  PERMANENT, // INTERNAL
  TRANSIENT, // UNAVAILABLE
  PERMANENT, // DATA_LOSS
  REFUSED_CREDENTIALS, // UNAUTHENTICATED
];

const TOO_LARGE = /^(Received|Sent|Attempted to send) message larger than/i;

/** grpc-js could not serialize what it was given, or metadata contains what HTTP/2 does not allow. */
const NOT_SENT = /^(Request message serialization failure|Metadata (key|string value) )/;

/**
 * Classifies an error of a gRPC client. Many errors have small numbers as codes, so it must also have the
 * `details` or the `metadata` of gRPC. Undefined for other errors.
 */
export function classifyGrpc(error: unknown): Classification | undefined {
  const code = fieldOf(error, 'code');
  if (NOT_SENT.test(textOf(error, 'details'))) return PROGRAMMING_ERROR;
  // Setting metadata throws a bare error.
  if (code === undefined && NOT_SENT.test(textOf(error, 'message'))) return PROGRAMMING_ERROR;
  if (typeof code !== 'number' || BY_CODE[code] === undefined) return undefined;
  const getMap = fieldOf(fieldOf(error, 'metadata'), 'getMap');
  const isGrpc = typeof fieldOf(error, 'details') === 'string' || typeof getMap === 'function';
  if (!isGrpc) return undefined;
  // RESOURCE_EXHAUSTED also means that one message is too large, and it will be too large again.
  return TOO_LARGE.test(textOf(error, 'details')) ? SUCCESS : BY_CODE[code];
}
