import { HttpClient, type HttpResponse } from '@loyalnest/http';
import { CircuitBreaker, Retry, Timeout, type CircuitBreakerOptions } from '@loyalnest/resilience';
import { Injectable } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.js';
import { isServerError } from './is-server-error.js';

const BREAKER: CircuitBreakerOptions = { name: 'points-service', minimumCalls: 20, openFor: '5s' };

/** Calls points-service. Responses below 500 go back to the caller unchanged. */
@Injectable()
export class PointsClient {
  constructor(
    private readonly http: HttpClient,
    private readonly config: GatewayConfig,
  ) {}

  @CircuitBreaker(BREAKER)
  @Retry({ attempts: 2, backoff: { initial: '50ms', max: '200ms' } })
  @Timeout('2s')
  async account(customerId: string): Promise<HttpResponse> {
    const url = `${this.config.POINTS_URL}/v1/accounts/${encodeURIComponent(customerId)}`;
    return this.http.request({ url, isError: isServerError });
  }

  /** Safe to retry: the service recognises a webhook by its id. */
  @CircuitBreaker(BREAKER)
  @Retry({ attempts: 2, backoff: { initial: '50ms', max: '200ms' } })
  @Timeout('2s')
  async webhook(body: Buffer, headers: Readonly<Record<string, string>>): Promise<HttpResponse> {
    const url = `${this.config.POINTS_URL}/v1/webhooks/shopify`;
    return this.http.request({ url, method: 'POST', body, headers, isError: isServerError });
  }
}
