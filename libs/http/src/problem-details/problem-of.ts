import { isLoyalNestError, type LoyalNestError } from '@loyalnest/core';
import { httpStatusOf } from '@loyalnest/core/toolkit';
import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { HttpResponseError } from '../client/http-response.error.js';
import { ProblemError } from './problem.error.js';
import type { ProblemIssue } from './problem.js';

/** What an error tells the caller. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly type?: string;
  readonly errors?: readonly ProblemIssue[];
  readonly retryAfterMs?: number;
  /** Nobody foresaw this error: its text is for the log only. */
  readonly unexpected?: true;
}

const MALFORMED_JSON: Problem = {
  status: 400,
  code: 'MALFORMED_JSON',
  detail: 'The body of the request is no valid JSON.',
};

/** Decides what leaves the service; texts that may hold internals stay inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) {
    const { status, code, type, errors, retryAfterMs, message: detail } = error;
    return { status, code, detail, type, errors, retryAfterMs };
  }
  if (error instanceof HttpResponseError) return problemOfUpstream(error);
  if (isLoyalNestError(error)) return problemOfSuite(error);
  if (isMalformedJson(error)) return MALFORMED_JSON;
  if (error instanceof HttpException) return problemOfHttpException(error);
  return problemOfFramework(error) ?? { ...byStatus(500), unexpected: true };
}

function problemOfSuite({ category, code, retryAfterMs }: LoyalNestError): Problem {
  const status = httpStatusOf(category);
  return { status, code, retryAfterMs, ...(status === 500 && { unexpected: true }) };
}

/** That another service refuses our request is no fault of our caller's. */
function problemOfUpstream(error: HttpResponseError): Problem {
  const { category, code, retryAfterMs } = error;
  if (category === 'timeout') return { status: 504, code, retryAfterMs };
  if (error.retryable) return { status: 503, code, retryAfterMs };
  return { status: 502, code };
}

function problemOfHttpException(error: HttpException): Problem {
  const status = error.getStatus();
  const response = error.getResponse() as { message?: unknown };
  const messages = Array.isArray(response.message) ? (response.message as unknown[]) : undefined;
  return {
    ...byStatus(status),
    ...(status !== 500 && { detail: error.message }),
    ...(messages && { errors: messages.map((message) => ({ message: String(message) })) }),
  };
}

/** Errors that the HTTP framework throws before Nest sees the request: too large, media type. */
function problemOfFramework(error: unknown): Problem | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  const isRefusal =
    Number.isInteger(status) && (status as number) >= 400 && (status as number) < 500;
  return isRefusal ? byStatus(status as number) : undefined;
}

/** Both adapters wrap the error of their parser: Express by its type, Fastify by its code. */
function isMalformedJson(error: unknown): boolean {
  const parserError = error instanceof HttpException ? error.cause : error;
  const { type, code } = (parserError ?? {}) as { type?: unknown; code?: unknown };
  if (type === 'entity.parse.failed') return true;
  return code === 'FST_ERR_CTP_INVALID_JSON_BODY' || code === 'FST_ERR_CTP_EMPTY_JSON_BODY';
}

function byStatus(status: number): Problem {
  const phrase = STATUS_CODES[status] ?? 'Error';
  return { status, code: phrase.toUpperCase().replace(/[^A-Z]+/g, '_') };
}
