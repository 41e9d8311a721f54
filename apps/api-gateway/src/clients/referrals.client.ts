import { HttpClient, type HttpResponse } from '@loyalnest/http';
import { CircuitBreaker, Retry, Timeout, type CircuitBreakerOptions } from '@loyalnest/resilience';
import { Injectable } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.js';
import { isServerError } from './is-server-error.js';

const BREAKER: CircuitBreakerOptions = {
  name: 'referrals-service',
  minimumCalls: 20,
  openFor: '5s',
};

/** Calls referrals-service. Responses below 500 go back to the caller unchanged. */
@Injectable()
export class ReferralsClient {
  constructor(
    private readonly http: HttpClient,
    private readonly config: GatewayConfig,
  ) {}

  @CircuitBreaker(BREAKER)
  @Retry({ attempts: 2, backoff: { initial: '50ms', max: '200ms' } })
  @Timeout('2s')
  async referral(id: string): Promise<HttpResponse> {
    const url = `${this.config.REFERRALS_URL}/v1/referrals/${encodeURIComponent(id)}`;
    return this.http.request({ url, isError: isServerError });
  }

  /** Not retried: a second attempt could refer the friend twice. */
  @CircuitBreaker(BREAKER)
  @Timeout('2s')
  async refer(body: unknown): Promise<HttpResponse> {
    const url = `${this.config.REFERRALS_URL}/v1/referrals`;
    return this.http.request({ url, method: 'POST', json: body, isError: isServerError });
  }
}
