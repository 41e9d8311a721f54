import {
  PERMANENT,
  RATE_LIMITED,
  REFUSED_CREDENTIALS,
  SUCCESS,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

/** AWS answers these with 400. The lists are those of `@smithy/service-error-classification`. */
const THROTTLING: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const TRANSIENT_NAMES: ReadonlySet<string> = new Set([
  'NetworkingError',
  'RequestTimeout',
  'RequestTimeoutException',
]);
const CREDENTIALS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'CredentialsError',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);

/**
 * Classifies what the status of an AWS error does not say: throttling and refused credentials, which many
 * services answer with 400, and errors without a status. Undefined for other errors.
 */
export function classifyAws(error: unknown): Classification | undefined {
  const fault = fieldOf(error, '$fault');
  const code = textOf(error, 'code');
  const name = code !== '' && !code.startsWith('ERR_') ? code : textOf(error, 'name');
  const names = [name, textOf(error, 'name')];
  const throttled = fieldOf(fieldOf(error, '$retryable'), 'throttling') === true;
  if (throttled || names.some((known) => THROTTLING.has(known))) return RATE_LIMITED;
  if (names.some((known) => CREDENTIALS.has(known))) return REFUSED_CREDENTIALS;
  if (names.some((known) => TRANSIENT_NAMES.has(known))) return TRANSIENT;
  // $retryable is set by the SDK for a fault that its service model calls transient.
  if (typeof fieldOf(error, '$retryable') === 'object' && fault === 'server') return TRANSIENT;
  if (fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode') !== undefined) return undefined;
  if (fault === 'client') return SUCCESS;
  return fault === 'server' ? PERMANENT : undefined;
}
