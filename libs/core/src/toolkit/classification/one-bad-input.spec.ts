import type { ErrorCategory } from '../../error/loyalnest.error.js';
import { classifyError } from './classify-error.js';

/** The outcome, or the reason of a neutral one, and `again` if the call may be retried. */
function verdictOn(error: unknown, callersDeadline = false): string {
  const { outcome, retryable, reason } = classifyError(error, { callersDeadline });
  return `${reason ?? outcome}${retryable ? ' again' : ''}`;
}

function named(name: string, fields: object = {}, message = 'error'): Error {
  return Object.assign(new Error(message), { name, ...fields });
}

function remote(category: ErrorCategory, code = 'CODE', retryable = false): object {
  return { status: 'error', code, category, message: 'text', retryable };
}

const mongo = (code: number, fields: object = {}): Error =>
  named('MongoServerError', { code, ...fields });
const kafka = (name: string, fields: object): Error => named(`KafkaJS${name}`, fields);
const mysql = (errno: number, sqlState: string): Error =>
  named('Error', { code: 'ER_ANY', errno, sqlState });
const grpc = (code: number, details: string): Error => named('Error', { code, details });
const smtp = (code: string, responseCode: number): Error =>
  named('Error', { code, responseCode, command: 'RCPT TO' });

describe('what one caller sends never speaks against the dependency, and is not repeated', () => {
  it.each<[string, unknown]>([
    ['a message that another service refused', remote('invalid', 'VALIDATION_FAILED')],
    ['a message about something unknown', remote('not-found')],
    ['a message that lost against another', remote('conflict')],
    ['a GraphQL field', named('GraphQLError', { extensions: { code: 'X', category: 'invalid' } })],
    ['MongoDB: a duplicate key', mongo(11000)],
    ['MongoDB: a duplicate key of a batch', named('MongoBulkWriteError', { code: 11000 })],
    ['MongoDB: a failed validation', mongo(121)],
    ['kafkajs: a large message', kafka('ProtocolError', { type: 'MESSAGE_TOO_LARGE' })],
    ['TypeORM: no row', named('EntityNotFoundError')],
    ['mongoose: no document', named('DocumentNotFoundError')],
    [
      'PostgreSQL: more parameters than it can count',
      named(
        'error',
        { code: '08P01', severity: 'ERROR' },
        'bind message supplies 0 parameters, but prepared statement "" requires 65536',
      ),
    ],
    ['MySQL: a wrong value', mysql(1366, 'HY000')],
    ['MySQL: a large packet', mysql(1153, '08S01')],
    ['SQLite: a duplicate key', named('SqliteError', { code: 'SQLITE_CONSTRAINT_UNIQUE' })],
    ['node:sqlite: a duplicate key', named('Error', { code: 'ERR_SQLITE_ERROR', errcode: 2067 })],
    ['SMTP: an unknown mailbox', smtp('EENVELOPE', 550)],
    ['gRPC: a large message', grpc(8, 'Received message larger than max (5 vs 4)')],
    [
      'Sequelize: a duplicate key',
      named('SequelizeUniqueConstraintError', {
        errors: [{ message: 'email must be unique' }],
        parent: named('error', { code: '23505', severity: 'ERROR' }),
      }),
    ],
    [
      'node-redis: a wrong type among several commands',
      named('Error', {
        replies: ['OK', named('ReplyError', {}, 'WRONGTYPE Operation')],
        errorIndexes: [1],
      }),
    ],
  ])('%s', (_what, error) => expect(verdictOn(error)).toBe('success'));

  it.each<[string, unknown]>([
    ['bson: an odd id', named('BSONError')],
    ['mongoose: an odd id', named('CastError', { path: '_id' })],
    ['mongoose: an invalid document', named('ValidationError', { _message: 'x', errors: {} })],
    ['Sequelize: an invalid row', named('SequelizeValidationError', { errors: [{}] })],
    ['kafkajs: an invalid topic', kafka('NonRetriableError', { retriable: false })],
    ['axios: a large body', named('AxiosError', { code: 'ERR_FR_MAX_BODY_LENGTH_EXCEEDED' })],
    ['postgres.js: an undefined value', named('Error', { code: 'UNDEFINED_VALUE' })],
    ['postgres.js: too many values', named('Error', { code: 'MAX_PARAMETERS_EXCEEDED' })],
    [
      'gRPC: a message that cannot be serialized',
      grpc(13, 'Request message serialization failure: .Order.id: string expected'),
    ],
    ['gRPC: odd metadata', new Error('Metadata string value "☃" contains illegal characters')],
    ['axios: a refused request', named('AxiosError', { code: 'ERR_BAD_REQUEST' })],
  ])('%s, refused before it was sent', (_what, error) =>
    expect(verdictOn(error)).toBe('programming-error'),
  );
});

describe('a dependency that is ill still counts as failed', () => {
  it.each<[string, unknown, string]>([
    ['another service is unavailable', remote('unavailable', 'CODE', true), 'failure again'],
    ['another service is broken', remote('internal'), 'failure'],
    ['another service is too slow', remote('timeout', 'DEADLINE_EXCEEDED', true), 'failure again'],
    [
      'another service has an open circuit',
      remote('unavailable', 'CIRCUIT_OPEN', true),
      'rejected',
    ],
    ['another service limits us', remote('rate-limited', 'CODE', true), 'rate-limited again'],
    ['another service refuses our rights', remote('forbidden'), 'credentials'],
    ['a reply of an unknown kind', { status: 'error', message: 'x' }, 'failure again'],
    ['MongoDB: no primary', mongo(10107), 'failure again'],
    ['MongoDB: a label', mongo(1, { errorLabels: ['RetryableWriteError'] }), 'failure again'],
    ['MongoDB: a write conflict', mongo(112), 'conflict again'],
    ['MongoDB: no network', named('MongoNetworkError'), 'failure again'],
    ['MongoDB: a wrong password', mongo(18), 'failure'],
    ['kafkajs: no leader', kafka('ProtocolError', { retriable: true }), 'failure again'],
    ['kafkajs: cannot be retried', kafka('ProtocolError', { retriable: false }), 'failure'],
    [
      'kafkajs: no retries left',
      kafka('NumberOfRetriesExceeded', { retriable: false, cause: kafka('ConnectionError', {}) }),
      'failure again',
    ],
    ['MySQL: a full disk', mysql(1021, 'HY000'), 'failure'],
    ['MySQL: read-only', mysql(1290, 'HY000'), 'failure again'],
    ['MySQL: a lock', mysql(1205, 'HY000'), 'conflict again'],
    ['SQLite: locked', named('SqliteError', { code: 'SQLITE_BUSY' }), 'conflict again'],
    ['SMTP: try again', smtp('EENVELOPE', 450), 'failure again'],
    [
      'SMTP: the connection',
      named('Error', { code: 'ECONNECTION', command: 'CONN' }),
      'failure again',
    ],
    ['SMTP: a wrong password', smtp('EAUTH', 535), 'credentials'],
    ['gRPC: a quota', grpc(8, 'quota exceeded'), 'rate-limited again'],
    ['gRPC: an answer that cannot be read', grpc(13, 'Response message parsing error'), 'failure'],
    [
      'PgBouncer: no connection in time',
      named('error', { code: '08P01', severity: 'FATAL' }, 'query_wait_timeout'),
      'failure again',
    ],
    [
      'axios: an answer that broke off',
      named('AxiosError', { code: 'ERR_BAD_RESPONSE' }, 'stream has been aborted'),
      'failure again',
    ],
    ['axios: a large answer', named('AxiosError', { code: 'ERR_BAD_RESPONSE' }), 'failure'],
  ])('%s', (_what, error, expected) => expect(verdictOn(error)).toBe(expected));

  it("a message that ends at our own caller's deadline says nothing", () => {
    expect(verdictOn(remote('timeout', 'DEADLINE_EXCEEDED', true), true)).toBe('deadline');
  });
});
