import {
  PERMANENT,
  RATE_LIMITED,
  REFUSED_CREDENTIALS,
  SUCCESS,
  TRANSIENT,
  type Classification,
} from './classification.js';

/** 5xx that the same request would get again: not implemented, unsupported version, loops. */
const PERMANENT_STATUSES: ReadonlySet<number> = new Set([501, 505, 506, 508, 510, 511]);

/**
 * Classifies the HTTP status of an answer (RFC 9110). A 4xx proves that the server answers, except 408
 * and 425, which say that it could not serve the request in time.
 */
export function classifyStatus(status: number): Classification {
  if (status >= 500) return PERMANENT_STATUSES.has(status) ? PERMANENT : TRANSIENT;
  switch (status) {
    case 408:
    case 425:
      return TRANSIENT;
    case 401:
    case 403:
    case 407:
      return REFUSED_CREDENTIALS;
    case 429:
      return RATE_LIMITED;
    default:
      return SUCCESS;
  }
}
