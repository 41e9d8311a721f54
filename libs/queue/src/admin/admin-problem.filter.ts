import { currentContext, LoyalNestError } from '@loyalnest/core';
import { httpStatusOf } from '@loyalnest/core/toolkit';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { STATUS_CODES } from 'node:http';
import { AdminInputError } from './admin-input.error.js';

/**
 * Answers errors of the suite as RFC 9457 problem details. It includes their message, because an
 * administrator needs the remedy in it. It works with or without filters of the application, which
 * handles all other errors.
 */
@Catch(LoyalNestError)
export class AdminProblemFilter implements ExceptionFilter<LoyalNestError> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: LoyalNestError, host: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const request: unknown = host.switchToHttp().getRequest();
    const response: unknown = host.switchToHttp().getResponse();
    const status = httpStatusOf(error.category);
    const correlationId = currentContext()?.correlationId;
    const { retryAfterMs } = error;
    if (retryAfterMs !== undefined) {
      const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
      httpAdapter.setHeader(response, 'Retry-After', String(seconds));
    }
    if (status === 401) httpAdapter.setHeader(response, 'WWW-Authenticate', 'Bearer');
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json; charset=utf-8');
    const problem = {
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      detail: error.message,
      instance: (httpAdapter.getRequestUrl(request) as string).split('?', 1)[0],
      code: error.code,
      ...(correlationId && { correlationId }),
      ...(error instanceof AdminInputError && { errors: error.problems }),
    };
    httpAdapter.reply(response, JSON.stringify(problem), status);
  }
}
