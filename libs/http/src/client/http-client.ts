import {
  currentContext,
  Deadline,
  DRAIN,
  type Drainable,
  type DrainStep,
  durationMs,
  isLoyalNestError,
  newCorrelationId,
  ON_SHUTDOWN,
  type OpenSpan,
  type RequestContext,
  type ShutdownListener,
  traced,
  writeContextHeaders,
} from '@loyalnest/core';
import { parseRetryAfter, wholeNumber } from '@loyalnest/core/toolkit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request as send } from 'undici';
import { exchangeSpan } from './exchange-span.js';
import { Exchange } from './exchange.js';
import { failureReason } from './failure-reason.js';
import { httpExchanged } from './http-client.events.js';
import { MODULE_OPTIONS_TOKEN } from './http-client.module-definition.js';
import {
  resolveHttpClientOptions,
  type HttpClientModuleOptions,
  type HttpClientPolicy,
} from './http-client.options.js';
import { propagatesContext, type HttpRequest, type HttpRequestOptions } from './http-request.js';
import { HttpResponseError } from './http-response.error.js';
import { HttpResponse } from './http-response.js';
import { HttpUnavailableError } from './http-unavailable.error.js';
import { ResponseTooLargeError } from './response-too-large.error.js';

/**
 * Sends requests over kept-alive connections, with the headers of the request context. A call ends at
 * the first of its timeout, the deadline of the context, its signal and the context's signal. It does
 * not retry, follow redirects or decompress.
 */
@Injectable()
export class HttpClient implements Drainable, ShutdownListener, OnApplicationShutdown {
  private readonly policy: HttpClientPolicy;
  private readonly agent: Agent;
  private readonly running = new Set<Promise<HttpResponse>>();
  private closing = false;
  private draining = false;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: HttpClientModuleOptions) {
    this.policy = resolveHttpClientOptions(options);
    this.agent = new Agent({
      connections: this.policy.maxConnections,
      connect: { timeout: this.policy.connectTimeoutMs },
      keepAliveTimeout: this.policy.keepAliveMs,
      // One limit covers the whole exchange; undici's limits cover only parts of it.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Sends one request and reads the whole answer.
   *
   * @throws HttpTimeoutError, HttpUnavailableError, HttpResponseError, ResponseTooLargeError,
   * DotSegmentError, or the reason of the signal that ended the call
   */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const exchange = traced(
      'client',
      () => exchangeSpan(request),
      (span) => this.exchange(request, span),
    );
    this.running.add(exchange);
    return exchange.finally(() => this.running.delete(exchange));
  }

  /** Gets JSON. Does not check the shape of the answer. */
  async getJson<T>(url: string | URL, options: HttpRequestOptions = {}): Promise<T> {
    return (await this.request({ ...options, url, method: 'GET' })).json<T>();
  }

  /** Posts JSON and returns the JSON of the answer. Does not check its shape. */
  async postJson<T>(
    url: string | URL,
    json: unknown,
    options: HttpRequestOptions = {},
  ): Promise<T> {
    return (await this.request({ ...options, url, method: 'POST', json })).json<T>();
  }

  [DRAIN](): readonly DrainStep[] {
    return [
      {
        phase: 'close-connections',
        name: 'http client',
        run: (signal) => this.close(signal),
      },
    ];
  }

  /** Leaves closing to a graceful shutdown: other providers may still send in their last hooks. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.draining) await this.close(AbortSignal.abort());
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  private async exchange(request: HttpRequest, span: OpenSpan | undefined): Promise<HttpResponse> {
    const { timeoutMs, clock } = this.policy;
    const context = currentContext();
    const exchange = new Exchange(request, context, {
      clock,
      timeoutMs:
        request.timeout === undefined
          ? timeoutMs
          : durationMs('HttpRequest.timeout', request.timeout, { minMs: 1 }),
    });
    let status: number | undefined;
    let outcome = 'ok';
    try {
      exchange.signal.throwIfAborted();
      if (this.closing) throw new HttpUnavailableError(exchange.target, 'client-closed', undefined);
      const answer = await send(exchange.url, {
        dispatcher: this.agent,
        method: exchange.method,
        headers: this.headers(request, context, exchange),
        body: request.json === undefined ? (request.body ?? null) : JSON.stringify(request.json),
        signal: exchange.signal,
      });
      status = answer.statusCode;
      span?.set({ 'http.response.status_code': status });
      const body = await this.read(answer.body, request, exchange.target);
      const response = new HttpResponse(status, answer.headers, body, exchange.deadlineSource);
      if (request.isError ? request.isError(status) : status >= 400) {
        const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], clock.now());
        throw new HttpResponseError(exchange.target, response, retryAfterMs);
      }
      return response;
    } catch (error) {
      const thrown = this.describe(error, exchange);
      outcome = isLoyalNestError(thrown) ? thrown.code : 'aborted';
      throw thrown;
    } finally {
      exchange.end();
      httpExchanged.publish({
        method: exchange.method,
        origin: exchange.url.origin,
        status,
        outcome,
        durationMs: exchange.elapsedMs,
      });
    }
  }

  /**
   * Lets running exchanges finish, and drops them once `signal` aborts. Agent.close() forgets its
   * connections, so running exchanges could not be dropped after it.
   */
  private async close(signal: AbortSignal): Promise<void> {
    this.closing = true;
    if (!signal.aborted) {
      const timeIsOver = new Promise((resolve) =>
        signal.addEventListener('abort', resolve, { once: true }),
      );
      await Promise.race([Promise.allSettled(this.running), timeIsOver]);
    }
    await this.agent.destroy();
  }

  private headers(
    request: HttpRequest,
    context: RequestContext | undefined,
    { limitMs, deadlineSource }: Exchange,
  ): Record<string, string> {
    const propagated = propagatesContext(request) && {
      ...(context ?? { correlationId: newCorrelationId() }),
      // The next service must not work on after this call has ended.
      deadline: Deadline.after(limitMs, this.policy.clock, deadlineSource),
    };
    const own = Object.entries(request.headers ?? {});
    return {
      ...(propagated && writeContextHeaders(propagated)),
      ...(request.json !== undefined && { 'content-type': 'application/json' }),
      ...Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), value])),
    };
  }

  private async read(
    body: AsyncIterable<Uint8Array>,
    request: HttpRequest,
    target: string,
  ): Promise<Buffer> {
    const max = wholeNumber(
      'HttpRequest.maxResponseBytes',
      request.maxResponseBytes ?? this.policy.maxResponseBytes,
      { min: 1 },
    );
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      if (sizeBytes > max) throw new ResponseTooLargeError(target, max);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, sizeBytes);
  }

  private describe(error: unknown, exchange: Exchange): unknown {
    if (exchange.signal.aborted) return exchange.signal.reason;
    if (isLoyalNestError(error)) return error;
    const reason = failureReason(error);
    return reason ? new HttpUnavailableError(exchange.target, reason, error) : error;
  }
}
