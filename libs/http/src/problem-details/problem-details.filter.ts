import { currentContext, newCorrelationId, runInContext } from '@loyalnest/core';
import { Catch, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError, type Observable } from 'rxjs';
import { detailsOf, pathOf, PROBLEM_JSON, withoutQuery } from './details-of.js';
import { GraphqlProblemError } from './graphql-problem.error.js';
import { MODULE_OPTIONS_TOKEN } from './problem-details.module-definition.js';
import { resolveTypeBase, type ProblemDetailsModuleOptions } from './problem-details.options.js';
import { problemOf } from './problem-of.js';
import { describeProblem } from './remote-problem.js';
import { stackWithCauses } from './stack-with-causes.js';
import { readError } from './unreadable-error.js';
import { sendProblem } from './web-socket-problem.js';

/**
 * Answers every error without internals, and logs each unexpected error once: HTTP with problem details,
 * messages and GraphQL with an error, WebSockets with the event `exception`.
 */
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

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    switch (host.getType<string>()) {
      case 'http':
        return this.answer(error, host);
      case 'rpc':
        return this.reject(error, host);
      case 'ws':
        return this.answerMessage(error, host);
      case 'graphql':
        throw new GraphqlProblemError({ ...this.describe(error, fieldOf(host)) });
      default:
        // Another kind of handler, such as that of a job: its caller decides by the error itself.
        throw error;
    }
  }

  /** Answers a message of a WebSocket. Nest runs filters outside of the message's context. */
  answerMessage(error: unknown, host: ArgumentsHost): void {
    const what = `message ${host.switchToWs().getPattern()}`;
    const context = currentContext() ?? { correlationId: newCorrelationId() };
    runInContext(context, () => sendProblem(host, this.describe(error, what)));
  }

  /** Describes why the reply to a message could not be sent. */
  describeUnsendable(error: unknown): object {
    return this.describe(error, 'the reply to a message');
  }

  private answer(error: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const request: unknown = host.switchToHttp().getRequest();
    const response: unknown = host.switchToHttp().getResponse();
    const problem = readError(error, problemOf);
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

  /** Nest sends the error of a returned Observable as the reply. A thrown one would be lost. */
  private reject(error: unknown, host: ArgumentsHost): Observable<never> {
    // Kafka redelivers the message.
    if (readError(error, nameOf) === 'KafkaRetriableException') return throwError(() => error);
    const body = this.describe(error, `message ${patternOf(host)}`);
    return throwError(() => body);
  }

  private describe(error: unknown, what: string): object {
    const { body, unexpected } = readError(error, describeProblem);
    if (unexpected) this.report(error, what);
    return body;
  }

  private report(error: unknown, what: string): void {
    const id = currentContext()?.correlationId ?? 'none';
    this.logger.error(`${what} failed (correlation id ${id})`, readError(error, stackWithCauses));
  }
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.constructor.name : undefined;
}

function patternOf(host: ArgumentsHost): string {
  const context = host.switchToRpc().getContext<{ getPattern?(): unknown } | undefined>();
  return String(context?.getPattern?.() ?? '');
}

/** A resolver is called with the parent, the arguments, the context and information on the field. */
function fieldOf(host: ArgumentsHost): string {
  const info = host.getArgByIndex<{ parentType?: unknown; fieldName?: unknown } | undefined>(3);
  return `GraphQL ${String(info?.parentType ?? '')}.${String(info?.fieldName ?? '')}`;
}
