import {
  PERMANENT,
  PROGRAMMING_ERROR,
  REFUSED_CREDENTIALS,
  SUCCESS,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

const CREDENTIALS = /(AUTHORIZATION|AUTHENTICATION)_FAILED$/;
/** The broker has read the message and refused it: https://kafka.apache.org/protocol#protocol_error_codes. */
const REFUSED_MESSAGE =
  /^(MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE|OFFSET_METADATA_TOO_LARGE|POLICY_VIOLATION|INVALID_\w+)$/;

/** Classifies an error of kafkajs by its type and its `retriable`. Undefined for other errors. */
export function classifyKafka(error: unknown): Classification | undefined {
  const name = textOf(error, 'name');
  if (!name.startsWith('KafkaJS')) return undefined;
  const type = textOf(error, 'type');
  if (name.startsWith('KafkaJSSASL') || CREDENTIALS.test(type)) return REFUSED_CREDENTIALS;
  if (REFUSED_MESSAGE.test(type)) return SUCCESS;
  // It has no retries left; its cause says what it met.
  if (name === 'KafkaJSNumberOfRetriesExceeded') return undefined;
  if (fieldOf(error, 'retriable') !== false) return TRANSIENT;
  const cause = fieldOf(error, 'cause');
  if (name !== 'KafkaJSNonRetriableError') return PERMANENT;
  // kafkajs refuses messages and topics that it cannot send with a bare error of this class.
  return cause === undefined || cause === null ? PROGRAMMING_ERROR : undefined;
}
