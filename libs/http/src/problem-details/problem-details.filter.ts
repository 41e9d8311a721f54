import { currentContext } from '@loyalnest/core';
import { Catch, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { detailsOf, pathOf, PROBLEM_JSON, withoutQuery } from './details-of.js';
import { MODULE_OPTIONS_TOKEN } from './problem-details.module-definition.js';
import { resolveTypeBase, type ProblemDetailsModuleOptions } from './problem-details.options.js';
import { problemOf } from './problem-of.js';
import { stackWithCauses } from './stack-with-causes.js';

/** Answers every error with problem details, and logs each unexpected error once. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemDetails');
  private readonly typeBase: string | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(MODULE_OPTIONS_TOKEN) options: ProblemDetailsModuleOptions,
  ) {
    this.typeBase = resolveTypeBase(options);
  }

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const { httpAdapter } = this.host;
    const request: unknown = host.switchToHttp().getRequest();
    const response: unknown = host.switchToHttp().getResponse();
    const problem = problemOf(error);
    const url: string = httpAdapter.getRequestUrl(request);
    const path = pathOf(url);
    if (problem.unexpected) this.report(error, `${httpAdapter.getRequestMethod(request)} ${path}`);
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    const { retryAfterMs } = problem;
    if (retryAfterMs !== undefined) {
      const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
      httpAdapter.setHeader(response, 'Retry-After', String(seconds));
    }
    httpAdapter.setHeader(response, 'Content-Type', PROBLEM_JSON);
    const details = detailsOf(withoutQuery(problem, url), path, this.typeBase);
    httpAdapter.reply(response, JSON.stringify(details), problem.status);
  }

  private report(error: unknown, route: string): void {
    const id = currentContext()?.correlationId ?? 'none';
    this.logger.error(`${route} failed (correlation id ${id})`, stackWithCauses(error));
  }
}
