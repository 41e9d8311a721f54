import { runInNewContext } from 'node:vm';
import { DeadlineExceededError } from '../../error/deadline-exceeded.error.js';
import { LoyalNestError, type ErrorCategory } from '../../error/loyalnest.error.js';
import { OptionError } from '../../options/option.error.js';
import type { NeutralReason } from './classification.js';
import { classifyError } from './classify-error.js';

/** How an error counts, and `again` if it may be retried. */
type Expected = `${'failure' | 'success'}${'' | ' again'}` | `${NeutralReason}${'' | ' again'}`;

function verdictOn(error: unknown, callersDeadline = false): Expected {
  const { outcome, retryable, reason } = classifyError(error, { callersDeadline });
  expect(reason === undefined).toBe(outcome !== 'neutral');
  return `${reason ?? outcome}${retryable ? ' again' : ''}` as Expected;
}

function errorWith(fields: object, message = 'error'): Error {
  return Object.assign(new Error(message), fields);
}

function named(name: string, fields: object = {}, message = 'error'): Error {
  return errorWith({ name, ...fields }, message);
}

class SuiteError extends LoyalNestError {
  constructor(
    readonly code: string,
    readonly category: ErrorCategory,
    readonly retryable = true,
    fields: object = {},
  ) {
    super('suite');
    Object.assign(this, fields);
  }
}

describe('an HTTP status', () => {
  const statuses: readonly (readonly [number, Expected])[] = [
    [304, 'success'],
    [400, 'success'],
    [401, 'credentials'],
    [403, 'credentials'],
    [404, 'success'],
    [407, 'credentials'],
    [408, 'failure again'],
    [409, 'success'],
    [410, 'success'],
    [422, 'success'],
    [425, 'failure again'],
    [429, 'rate-limited again'],
    [500, 'failure again'],
    [501, 'failure'],
    [502, 'failure again'],
    [503, 'failure again'],
    [504, 'failure again'],
    [511, 'failure'],
    [529, 'failure again'],
  ];

  it.each(statuses)('%i counts as: %s', (status, expected) => {
    expect(verdictOn(errorWith({ response: { status } }))).toBe(expected);
  });

  it.each<[string, (status: number) => unknown]>([
    ['axios', (status) => named('AxiosError', { code: 'ERR_BAD_REQUEST', response: { status } })],
    [
      'undici',
      (statusCode) => named('ResponseError', { code: 'UND_ERR_RESPONSE', statusCode, headers: {} }),
    ],
    [
      'got',
      (statusCode) =>
        named('HTTPError', { code: 'ERR_NON_2XX_3XX_RESPONSE', response: { statusCode } }),
    ],
    ['boom', (statusCode) => errorWith({ isBoom: true, output: { statusCode, payload: {} } })],
    ["Nest's HttpException", (status) => errorWith({ getStatus: () => status })],
    ['AWS SDK 2', (statusCode) => errorWith({ code: 'NoSuchKey', statusCode, requestId: 'r' })],
    [
      'AWS SDK 3',
      (httpStatusCode) => named('NoSuchKey', { $fault: 'client', $metadata: { httpStatusCode } }),
    ],
    ['a thrown fetch Response', (status) => new Response(null, { status })],
    ['a wrapper', (status) => new Error('wrapped', { cause: errorWith({ statusCode: status }) })],
  ])('is found in the error of %s', (_client, errorOf) => {
    expect(verdictOn(errorOf(404))).toBe('success');
    expect(verdictOn(errorOf(401))).toBe('credentials');
    expect(verdictOn(errorOf(429))).toBe('rate-limited again');
    expect(verdictOn(errorOf(503))).toBe('failure again');
  });

  it('below 300 in an error means that nobody could use the answer', () => {
    expect(verdictOn(named('AxiosError', { response: { status: 200 } }))).toBe('failure');
  });

  it.each([0, 99, 600, 404.5, '404', NaN])('is not %p', (status) => {
    expect(verdictOn(errorWith({ status }))).toBe('failure again');
  });
});

it.each<[string, Expected]>([
  ['OVERLOADED', 'rejected'],
  ['CIRCUIT_OPEN', 'rejected'],
  ['BULKHEAD_FULL', 'rejected'],
  ['RATE_LIMITED', 'rejected'],
  ['DATABASE_UNAVAILABLE', 'failure again'],
])("another service's 503 with the problem code %s counts as: %s", (code, expected) => {
  const data = { status: 503, code };
  expect(verdictOn(errorWith({ response: { status: 503, data } }))).toBe(expected);
  const problem = new SuiteError('HTTP_RESPONSE', 'unavailable', true, {
    status: 503,
    problemCode: code,
  });
  expect(verdictOn(problem)).toBe(expected);
});

it("another service's 504 DEADLINE_EXCEEDED is neutral only if it answers our caller's deadline", () => {
  const data = { status: 504, code: 'DEADLINE_EXCEEDED' };
  const axios = errorWith({ response: { status: 504, data } });
  expect(verdictOn(axios, true)).toBe('deadline');
  expect(verdictOn(axios, false)).toBe('failure again');
  const answered = (deadlineSource: string): SuiteError =>
    new SuiteError('HTTP_RESPONSE', 'timeout', true, {
      status: 504,
      problemCode: 'DEADLINE_EXCEEDED',
      deadlineSource,
    });
  // The client knows whose deadline it sent, whatever the call is under.
  expect(verdictOn(answered('own'), true)).toBe('failure again');
  expect(verdictOn(answered('caller'), false)).toBe('deadline');
  expect(verdictOn(errorWith({ response: { status: 504 } }), true)).toBe('failure again');
});

it.each<[string, unknown, Expected]>([
  ['0 OK', 0, 'success'],
  ['1 CANCELLED', 1, 'aborted'],
  ['2 UNKNOWN', 2, 'failure'],
  ['3 INVALID_ARGUMENT', 3, 'success'],
  ['4 DEADLINE_EXCEEDED', 4, 'failure again'],
  ['5 NOT_FOUND', 5, 'success'],
  ['6 ALREADY_EXISTS', 6, 'success'],
  ['7 PERMISSION_DENIED', 7, 'credentials'],
  ['8 RESOURCE_EXHAUSTED', 8, 'rate-limited again'],
  ['9 FAILED_PRECONDITION', 9, 'success'],
  ['10 ABORTED', 10, 'conflict again'],
  ['13 INTERNAL', 13, 'failure'],
  ['14 UNAVAILABLE', 14, 'failure again'],
  ['16 UNAUTHENTICATED', 16, 'credentials'],
])('gRPC %s counts as: %#', (_name, code, expected) => {
  expect(verdictOn(errorWith({ code, details: 'x', metadata: { getMap: () => ({}) } }))).toBe(
    expected,
  );
});

it('a small number is no gRPC code without details and metadata', () => {
  expect(verdictOn(errorWith({ code: 5 }))).toBe('failure again');
  expect(verdictOn(errorWith({ code: 20_404, details: 'twilio' }))).toBe('failure again');
});

it.each<[string, unknown, Expected]>([
  [
    'throttling',
    named('ThrottlingException', { $metadata: { httpStatusCode: 400 } }),
    'rate-limited again',
  ],
  ['throttling in SDK 2', errorWith({ code: 'Throttling', statusCode: 400 }), 'rate-limited again'],
  ['$retryable.throttling', errorWith({ $retryable: { throttling: true } }), 'rate-limited again'],
  [
    'an expired token',
    named('ExpiredTokenException', { $metadata: { httpStatusCode: 400 } }),
    'credentials',
  ],
  ['no credentials', named('CredentialsProviderError'), 'credentials'],
  ['a fault of the server', errorWith({ $fault: 'server' }), 'failure'],
  [
    'a transient fault of the server',
    errorWith({ $fault: 'server', $retryable: {} }),
    'failure again',
  ],
  ['a fault of the client', errorWith({ $fault: 'client', $metadata: {} }), 'success'],
  ['no connection in SDK 2', errorWith({ code: 'NetworkingError' }), 'failure again'],
])('AWS: %s', (_what, error, expected) => expect(verdictOn(error)).toBe(expected));

it.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'HPE_INVALID_CONSTANT',
  'ERR_HTTP2_STREAM_ERROR',
])('the network code %s is a transient failure, in an error and as its cause', (code) => {
  expect(verdictOn(errorWith({ code }))).toBe('failure again');
  expect(verdictOn(new TypeError('fetch failed', { cause: errorWith({ code }) }))).toBe(
    'failure again',
  );
});

it.each<[string, unknown, Expected]>([
  ['a certificate', errorWith({ code: 'CERT_HAS_EXPIRED' }), 'failure'],
  ['a client that we closed', errorWith({ code: 'UND_ERR_CLOSED' }), 'rejected'],
  [
    'an argument that undici refuses',
    errorWith({ code: 'UND_ERR_INVALID_ARG' }),
    'programming-error',
  ],
  [
    'several addresses',
    new AggregateError([errorWith({ code: 'ECONNREFUSED' }), errorWith({ code: 'ETIMEDOUT' })]),
    'failure again',
  ],
  [
    'an answer that broke off',
    new TypeError('terminated', { cause: new Error('other side closed') }),
    'failure again',
  ],
  [
    'a scheme that fetch does not know',
    new TypeError('fetch failed', { cause: new Error('unknown scheme') }),
    'programming-error',
  ],
])('network: %s', (_what, error, expected) => expect(verdictOn(error)).toBe(expected));

it.each<[string, Expected]>([
  ['MaxRetriesPerRequestError', 'failure again'],
  ['ClusterAllFailedError', 'failure again'],
  ['ClientClosedError', 'failure again'],
  ['WatchError', 'conflict again'],
])('Redis clients: %s counts as: %s', (name, expected) => {
  expect(verdictOn(named(name))).toBe(expected);
});

it.each<[string, Expected]>([
  ['LOADING Redis is loading the dataset in memory', 'failure again'],
  ["READONLY You can't write against a read only replica.", 'failure again'],
  ['CLUSTERDOWN The cluster is down', 'failure again'],
  ['BUSY Redis is busy running a script', 'failure again'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'failure'],
  ['MISCONF Redis is configured to save RDB snapshots', 'failure'],
  ['ERR max number of clients reached', 'failure again'],
  ['WRONGTYPE Operation against a key', 'success'],
  ['NOSCRIPT No matching script.', 'success'],
  ['BUSYGROUP Consumer Group name already exists', 'success'],
  ['ERR unknown command', 'success'],
  ['NOAUTH Authentication required.', 'credentials'],
  ['WRONGPASS invalid username-password pair', 'credentials'],
  ['NOPERM User has no permissions', 'credentials'],
])('Redis replies: %s', (message, expected) => {
  expect(verdictOn(named('ReplyError', { command: { name: 'get' } }, message))).toBe(expected);
});

it('a Redis command that a lost connection ended is no abort by the caller', () => {
  expect(verdictOn(named('AbortError', { command: { name: 'get' } }))).toBe('failure again');
  expect(verdictOn(new Error('Connection is closed.'))).toBe('failure again');
});

it.each<[string, Expected]>([
  ['08006', 'failure again'],
  ['28P01', 'failure'],
  ['53300', 'failure again'],
  ['57P01', 'failure again'],
  ['57014', 'failure again'],
  ['XX000', 'failure'],
  ['3D000', 'failure'],
  ['40001', 'conflict again'],
  ['40P01', 'conflict again'],
  ['55P03', 'conflict again'],
  ['22P02', 'success'],
  ['22021', 'success'],
  ['23505', 'success'],
  ['P0001', 'success'],
  ['42P01', 'programming-error'],
  ['42501', 'credentials'],
])('SQLSTATE %s counts as: %s', (code, expected) => {
  const error = named('error', { code, severity: 'ERROR', routine: 'x' });
  expect(verdictOn(error)).toBe(expected);
  expect(verdictOn(named('DrizzleQueryError', { cause: error }))).toBe(expected);
  expect(verdictOn(named('QueryFailedError', { driverError: error }))).toBe(expected);
  expect(verdictOn(errorWith({ code: 'ER_X', sqlState: code }))).toBe(expected);
});

it.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
  'Query read timeout',
])("pg's own error without a code is a transient failure: %s", (message) => {
  expect(verdictOn(new Error(message))).toBe('failure again');
});

it.each<[string, object, Expected]>([
  ['P1001', { name: 'PrismaClientInitializationError', errorCode: 'P1001' }, 'failure again'],
  ['P1000', { errorCode: 'P1000', clientVersion: '6' }, 'failure'],
  ['P1017', { code: 'P1017' }, 'failure again'],
  ['P2002', { code: 'P2002' }, 'success'],
  ['P2025', { code: 'P2025' }, 'success'],
  ['P2024', { code: 'P2024' }, 'failure again'],
  ['P2034', { code: 'P2034' }, 'conflict again'],
  ['P2010 with 40001', { code: 'P2010', meta: { code: '40001' } }, 'conflict again'],
  ['a validation error', { name: 'PrismaClientValidationError' }, 'programming-error'],
  ['a panic', { name: 'PrismaClientRustPanicError', clientVersion: '6' }, 'failure again'],
])('Prisma: %s', (_code, fields, expected) => {
  expect(verdictOn(errorWith(fields))).toBe(expected);
});

it.each<[string, unknown]>([
  ['TypeError', new TypeError("Cannot read properties of undefined (reading 'id')")],
  ['ReferenceError', new ReferenceError('x is not defined')],
  ['RangeError', new RangeError('Maximum call stack size exceeded')],
  ['SyntaxError', new SyntaxError('Unexpected token')],
  ['URIError', new URIError('URI malformed')],
  ['AssertionError', named('AssertionError', { code: 'ERR_ASSERTION' })],
  ['a subclass', new (class Missing extends TypeError {})('missing')],
  ['one of another realm', runInNewContext('new TypeError("x")')],
  ['one that is wrapped', new Error('failed', { cause: new TypeError('x') })],
  ['a parse error of our own code', parseError()],
])('%s is a mistake of this process and never retried', (_what, error) => {
  expect(verdictOn(error)).toBe('programming-error');
});

function parseError(): unknown {
  try {
    return JSON.parse('<html>');
  } catch (error) {
    return error;
  }
}

it('an answer that an HTTP client could not parse is a failure of the dependency', async () => {
  const parsing = new Response('<html>').json();
  expect(verdictOn(await parsing.catch((error: unknown) => error))).toBe('failure');
  expect(
    verdictOn(
      named('ParseError', { code: 'ERR_BODY_PARSE_FAILURE', response: { statusCode: 200 } }),
    ),
  ).toBe('failure');
  expect(verdictOn(named('FetchError', { type: 'invalid-json' }))).toBe('failure');
  expect(verdictOn(new SuiteError('HTTP_MALFORMED_RESPONSE', 'unavailable', false))).toBe(
    'failure',
  );
});

it.each<[string, unknown, Expected]>([
  ['fetch', new DOMException('This operation was aborted', 'AbortError'), 'aborted'],
  ['Node', named('AbortError', { code: 'ABORT_ERR' }), 'aborted'],
  ['axios', named('CanceledError', { code: 'ERR_CANCELED' }), 'aborted'],
  ['AbortSignal.timeout()', new DOMException('timed out', 'TimeoutError'), 'failure again'],
  [
    'Node after a timeout',
    named('AbortError', { cause: new DOMException('x', 'TimeoutError') }),
    'failure again',
  ],
  ['p-timeout', named('TimeoutError'), 'failure again'],
])('an abort by %s', (_what, error, expected) => expect(verdictOn(error)).toBe(expected));

it.each<[string, unknown, Expected]>([
  ['CIRCUIT_OPEN', new SuiteError('CIRCUIT_OPEN', 'unavailable'), 'rejected'],
  ['BULKHEAD_FULL', new SuiteError('BULKHEAD_FULL', 'unavailable'), 'rejected'],
  ['RATE_LIMITED', new SuiteError('RATE_LIMITED', 'unavailable'), 'rejected'],
  ['OVERLOADED', new SuiteError('OVERLOADED', 'unavailable'), 'rejected'],
  ['REQUEST_CANCELLED', new SuiteError('REQUEST_CANCELLED', 'unavailable'), 'aborted'],
  ['an unavailable service', new SuiteError('X', 'unavailable'), 'failure again'],
  ['one that must not be retried', new SuiteError('X', 'unavailable', false), 'failure'],
  ['not-found', new SuiteError('X', 'not-found'), 'success'],
  ['forbidden', new SuiteError('X', 'forbidden'), 'credentials'],
  ['internal', new SuiteError('X', 'internal'), 'programming-error'],
  ['an invalid option', new OptionError('x', 1, 'use 2'), 'success'],
  ['our own deadline', new DeadlineExceededError('x', 100, 'own'), 'failure again'],
  ["our caller's deadline", new DeadlineExceededError('x', 100, 'caller'), 'deadline'],
  ['a deadline that had passed', new DeadlineExceededError('x', 0, 'own'), 'deadline'],
])('the suite: %s', (_what, error, expected) => expect(verdictOn(error)).toBe(expected));

it.each([new Error('down'), 'down', undefined, null, 7, {}, Symbol('down')])(
  'what nobody recognises is a transient failure: %p',
  (error) => expect(verdictOn(error)).toBe('failure again'),
);

it('the worst of several errors decides', () => {
  const notFound = errorWith({ status: 404 });
  expect(verdictOn(new AggregateError([notFound, errorWith({ status: 503 })]))).toBe(
    'failure again',
  );
  expect(verdictOn(new AggregateError([notFound, errorWith({ status: 429 })]))).toBe(
    'rate-limited again',
  );
  expect(verdictOn(new AggregateError([notFound, notFound]))).toBe('success');
});
