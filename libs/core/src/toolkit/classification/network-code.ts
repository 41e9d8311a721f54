import {
  PERMANENT,
  PROGRAMMING_ERROR,
  REJECTED,
  TIMED_OUT,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { isProgrammingError } from './programming-error.js';
import { fieldOf, textOf } from './safe-field.js';

/** Node's codes for a server that cannot be reached, or a connection that broke. */
export const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTCONN',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ERR_NETWORK',
  'ERR_READING_RESPONSE_STREAM',
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ESHUTDOWN',
  'ETIMEDOUT',
]);
const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  'ESOCKETTIMEDOUT',
  'ETIME',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);
/**
 * What undici, axios, got and postgres.js refuse because of how this process used them, such as a body above
 * a limit of the client. A 4xx of axios has the code ERR_BAD_REQUEST too, but also a status.
 */
const MISUSE: ReadonlySet<string> = new Set([
  'ERR_BAD_REQUEST',
  'ERR_BAD_OPTION',
  'ERR_BAD_OPTION_VALUE',
  'ERR_FR_MAX_BODY_LENGTH_EXCEEDED',
  'ERR_INVALID_URL',
  'ERR_UNSUPPORTED_PROTOCOL',
  'MAX_PARAMETERS_EXCEEDED',
  'NOT_TAGGED_CALL',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_INVALID_RETURN_VALUE',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UNDEFINED_VALUE',
  'UNSAFE_TRANSACTION',
]);
/** This process has closed its client. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);
/** A certificate or a protocol that the next attempt would meet again. */
const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;
const BROKEN_ANSWER = /^(HPE_|ERR_HTTP2_)/;
/** The answer is complete, but the client cannot use it: axios, got, undici, and Node's decoders. */
const UNUSABLE_ANSWER =
  /^(ERR_BAD_RESPONSE|ERR_BODY_PARSE_FAILURE|ERR_(FR_)?TOO_MANY_REDIRECTS|UND_ERR_RE(DIRECT_MAX|S_EXCEEDED_MAX_SIZE)|Z_DATA_ERROR|ERR__ERROR_FORMAT_\w+|ZSTD_error_\w+)$/;
/** axios gives the code of an unusable answer also to one that broke off. */
const BROKEN_OFF = 'stream has been aborted';

/**
 * Classifies the codes of Node, its parsers and undici for a server that was not reached or whose answer
 * broke off. Undefined for other errors.
 */
export function classifyNetworkCode(error: unknown): Classification | undefined {
  const code = textOf(error, 'code');
  if (code === '') return undefined;
  if (TIMEOUT_CODES.has(code)) return TIMED_OUT;
  if (CONNECTION_CODES.has(code)) return TRANSIENT;
  if (CLOSED.has(code)) return REJECTED;
  if (MISUSE.has(code)) return PROGRAMMING_ERROR;
  if (code === 'ERR_BAD_RESPONSE' && textOf(error, 'message') === BROKEN_OFF) return TRANSIENT;
  if (TLS.test(code) || UNUSABLE_ANSWER.test(code)) return PERMANENT;
  if ([error, fieldOf(error, 'cause')].some(isRefusedHeader)) return PROGRAMMING_ERROR;
  if (code.startsWith('UND_ERR_') || BROKEN_ANSWER.test(code)) return TRANSIENT;
  return undefined;
}

/** Node refuses headers that HTTP/2 does not allow before it sends them; undici and got wrap the error. */
function isRefusedHeader(error: unknown): boolean {
  return textOf(error, 'code').startsWith('ERR_HTTP2_') && isProgrammingError(error);
}
