import { isLoyalNestError, type LoyalNestError } from '@loyalnest/core';
import { classifyError, httpStatusOf } from '@loyalnest/core/toolkit';
import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { HttpResponseError } from '../client/http-response.error.js';
import { ProblemError } from './problem.error.js';
import type { ProblemIssue } from './problem.js';

/** What the caller learns about an error. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly type?: string;
  readonly errors?: readonly ProblemIssue[];
  readonly retryAfterMs?: number;
  /** The service did not expect the error, which is therefore logged. */
  readonly unexpected?: true;
}

const MALFORMED_JSON: Problem = {
  status: 400,
  code: 'MALFORMED_JSON',
  detail: 'The body of the request is not valid JSON.',
};

/** Returns what the caller learns about an error. Leaves out messages that may reveal internals. */
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

/** A `detail` is text that the application wrote for the caller. The message is for its operators. */
function problemOfSuite(error: LoyalNestError & { readonly detail?: unknown }): Problem {
  const { category, code, retryAfterMs, detail } = error;
  const status = httpStatusOf(category);
  if (endedByCallersDeadline(error)) return { status, code: DEADLINE_EXCEEDED };
  if (status === 500) return { status, code, retryAfterMs, unexpected: true };
  return { status, code, retryAfterMs, ...(typeof detail === 'string' && { detail }) };
}

/** If another service refuses our request, it is not our caller's mistake. */
function problemOfUpstream(error: HttpResponseError): Problem {
  const { category, code, retryAfterMs } = error;
  // The log must name the service whose credential has expired.
  if (error.response.refusesCredential) {
    return { status: 503, code: 'CREDENTIAL_REFUSED', unexpected: true };
  }
  if (error.problemCode === DEADLINE_EXCEEDED && endedByCallersDeadline(error)) {
    return { status: 504, code: DEADLINE_EXCEEDED };
  }
  // Our caller must see that nothing failed: its circuits would count a failure, and it would retry.
  if (error.problemCode !== undefined && classifyError(error).reason === 'rejected') {
    return { status: 503, code: error.problemCode, retryAfterMs };
  }
  if (category === 'timeout') return { status: 504, code, retryAfterMs };
  if (error.retryable) return { status: 503, code, retryAfterMs };
  return { status: 502, code };
}

/** Whichever client or policy noticed it first: our caller must recognise its own deadline by the code. */
const DEADLINE_EXCEEDED = 'DEADLINE_EXCEEDED';

function endedByCallersDeadline(error: LoyalNestError): boolean {
  return (
    error.category === 'timeout' &&
    (error as { deadlineSource?: unknown }).deadlineSource === 'caller'
  );
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

/** Handles errors that the HTTP framework throws before Nest sees the request, such as a large body. */
function problemOfFramework(error: unknown): Problem | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  const isRefusal =
    Number.isInteger(status) &&
    (status as number) >= 400 &&
    (status as number) < 500 &&
    !isAnotherServices(error);
  return isRefusal ? byStatus(status as number) : undefined;
}

/** The status in an error of undici, got or an AWS client is an answer to us, not ours to the caller. */
function isAnotherServices(error: unknown): boolean {
  const { response, $metadata, code, requestId } = error as Readonly<Record<string, unknown>>;
  return (
    (typeof response === 'object' && response !== null) ||
    $metadata !== undefined ||
    requestId !== undefined ||
    (typeof code === 'string' && code.startsWith('UND_ERR_'))
  );
}

/** Express marks the error of its body parser with a type, Fastify with a code. */
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
