import {
  CONFLICT,
  PERMANENT,
  REFUSED_CREDENTIALS,
  SUCCESS,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { classOf, textOf } from './safe-field.js';

/** Redis or the client cannot serve commands now. */
const CLIENT_ERRORS: ReadonlySet<string> = new Set([
  'ClientClosedError',
  'ClientOfflineError',
  'ClusterAllFailedError',
  'ConnectionTimeoutError',
  'DisconnectsClientError',
  'MaxRetriesPerRequestError',
  'SocketClosedUnexpectedlyError',
  'SocketTimeoutError',
]);
const REPLIES: ReadonlySet<string> = new Set([
  'ReplyError',
  'ErrorReply',
  'SimpleError',
  'BlobError',
]);

/** By the first word of the reply: https://redis.io/docs/latest/develop/reference/protocol-spec. */
const BY_WORD: Readonly<Record<string, Classification>> = {
  ASK: TRANSIENT,
  BUSY: TRANSIENT,
  CLUSTERDOWN: TRANSIENT,
  CROSSSLOT: SUCCESS,
  LOADING: TRANSIENT,
  MASTERDOWN: TRANSIENT,
  MISCONF: PERMANENT,
  MOVED: TRANSIENT,
  NOAUTH: REFUSED_CREDENTIALS,
  NOPERM: REFUSED_CREDENTIALS,
  NOREPLICAS: TRANSIENT,
  OOM: PERMANENT,
  READONLY: TRANSIENT,
  TRYAGAIN: TRANSIENT,
  UNBLOCKED: TRANSIENT,
  WRONGPASS: REFUSED_CREDENTIALS,
};

/** Classifies an error of ioredis or node-redis. Undefined for other errors. */
export function classifyRedis(error: unknown): Classification | undefined {
  const names = [textOf(error, 'name'), classOf(error)];
  if (names.some((name) => CLIENT_ERRORS.has(name))) return TRANSIENT;
  // A watched key has changed.
  if (names.includes('WatchError')) return CONFLICT;
  const message = textOf(error, 'message');
  if (!names.some((name) => REPLIES.has(name))) return undefined;
  if (message.startsWith('ERR max number of clients')) return TRANSIENT;
  const [word = ''] = message.split(' ', 1);
  // Redis has read the command and answered it: WRONGTYPE, NOSCRIPT, an error of a script.
  return Object.hasOwn(BY_WORD, word) ? BY_WORD[word] : SUCCESS;
}
