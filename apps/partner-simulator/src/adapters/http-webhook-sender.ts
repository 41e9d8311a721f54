import { Clock, isLoyalNestError } from '@loyalnest/core';
import { HttpClient, type HttpResponse } from '@loyalnest/http';
import { Injectable } from '@nestjs/common';
import { SimulatorConfig } from '../simulator.config.js';
import { WebhookSender, type Delivery, type OutgoingWebhook } from '../use-cases/webhook-sender.js';

/** Posts webhooks to the gateway and waits for the response as long as Shopify does. */
@Injectable()
export class HttpWebhookSender extends WebhookSender {
  constructor(
    private readonly http: HttpClient,
    private readonly config: SimulatorConfig,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send({ headers, body }: OutgoingWebhook): Promise<Delivery> {
    const startedAt = this.clock.monotonic();
    const elapsed = (): { durationMs: number } => ({
      durationMs: Math.round(this.clock.monotonic() - startedAt),
    });
    try {
      const response = await this.http.request({
        url: `${this.config.GATEWAY_URL}/v1/webhooks/shopify`,
        method: 'POST',
        headers,
        body,
        timeout: '5s',
        isError: () => false,
        // A real shop does not send our context headers.
        propagateContext: false,
      });
      const correlationId = response.headers['x-correlation-id'];
      return {
        status: response.status,
        ...elapsed(),
        ...(typeof correlationId === 'string' && { correlationId }),
        body: contentOf(response),
      };
    } catch (error) {
      return { error: isLoyalNestError(error) ? error.code : String(error), ...elapsed() };
    }
  }
}

function contentOf(response: HttpResponse): unknown {
  const isJson = /\bjson\b/.test(response.headers['content-type'] ?? '');
  return isJson ? response.json() : response.text();
}
