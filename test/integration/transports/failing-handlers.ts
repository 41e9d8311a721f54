import { LoyalNestError, type ErrorCategory } from '@loyalnest/core';
import { ProblemError } from '@loyalnest/http';
import { NotFoundException, type CanActivate } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { WsException } from '@nestjs/websockets';
import { IsInt, Min } from 'class-validator';

/** What no caller may see. */
export const SECRET = /select|\+49171|10\.0\.0\.7|password|node_modules|at .+:\d+/;

export class Purchase {
  @IsInt()
  @Min(1)
  points!: number;
}

class AwayError extends LoyalNestError {
  readonly code = 'LEDGER_UNAVAILABLE';
  readonly category: ErrorCategory = 'unavailable';
  readonly retryable = true;
  constructor() {
    super('redis://user:password@10.0.0.7 is away', { retryAfterMs: 1_400 });
  }
}

export function sqlError(): Error {
  return Object.assign(new Error('select * from accounts where phone = $1'), {
    query: 'select * from accounts where phone = $1',
    parameters: ['+49171'],
    cause: new Error('connect ECONNREFUSED 10.0.0.7:5432'),
  });
}

/** What handlers throw, by the name that the caller sends. */
const FAILURES: Readonly<Record<string, () => unknown>> = {
  sql: sqlError,
  text: () => 'password',
  away: () => new AwayError(),
  conflict: () =>
    new ProblemError({ status: 409, code: 'NOT_ENOUGH_POINTS', detail: 'Only 5 points are left.' }),
  missing: () => new NotFoundException('no such account'),
  'rpc text': () => new RpcException('closed on Sundays'),
  'rpc object': () => new RpcException({ code: 'CLOSED', until: 'Monday', inner: sqlError() }),
  'rpc error': () => new RpcException(sqlError() as never),
  'ws text': () => new WsException('closed on Sundays'),
  'ws error': () => new WsException(sqlError() as never),
};

export function fail(kind: string): never {
  const failure = FAILURES[kind];
  if (!failure) throw new Error(`unknown failure ${kind}`);
  throw failure();
}

export class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const INTERNAL = {
  code: 'INTERNAL_SERVER_ERROR',
  category: 'internal',
  message: 'Internal Server Error',
  retryable: false,
};

/** What the caller learns, by the name of the failure. */
export const ANSWERS: Readonly<Record<string, object>> = {
  sql: INTERNAL,
  text: INTERNAL,
  away: {
    code: 'LEDGER_UNAVAILABLE',
    category: 'unavailable',
    message: 'Service Unavailable',
    retryable: true,
    retryAfterMs: 1_400,
  },
  conflict: {
    code: 'NOT_ENOUGH_POINTS',
    category: 'conflict',
    message: 'Only 5 points are left.',
    retryable: false,
  },
  missing: {
    code: 'NOT_FOUND',
    category: 'not-found',
    message: 'no such account',
    retryable: false,
  },
};
