import { knownHttpMethod } from '@loyalnest/core/toolkit';
import { HTTP_BUCKETS } from '../http/http-buckets.js';
import type { MetricRegistry } from '../registry/metric-registry.js';
import type { EventSource } from '../../event-source.js';

interface Exchange {
  readonly method: string;
  readonly origin: string;
  readonly status: number | undefined;
  readonly outcome: string;
  readonly durationMs: number;
}

/** Measures the HTTP client, requests refused by overload, the outbox, the inbox and webhooks. */
export function measureService(registry: MetricRegistry, on: EventSource): void {
  const exchanges = registry.histogram({
    name: 'http_client_request_duration_seconds',
    help: 'Duration of an exchange of the HTTP client',
    labels: [
      'http_request_method',
      'server_address',
      'server_port',
      'http_response_status_code',
      'error_type',
    ],
    buckets: HTTP_BUCKETS,
  });
  const refused = registry.counter({
    name: 'loyalnest_http_requests_refused_total',
    help: 'Requests refused because of overload',
    labels: ['priority', 'reason'],
  });
  const published = registry.counter({
    name: 'loyalnest_outbox_events_total',
    help: 'Events that the relay published, failed to publish, or found lost by the queue',
    labels: ['outcome'],
  });
  const consumed = registry.counter({
    name: 'loyalnest_inbox_events_total',
    help: 'Events that the inbox applied, or recognized as repeats',
    labels: ['consumer', 'outcome'],
  });
  const webhooks = registry.counter({
    name: 'loyalnest_webhooks_rejected_total',
    help: 'Webhooks refused because of their signature',
    labels: ['fault'],
  });

  on<Exchange>('loyalnest:http:exchanged', ({ method, origin, status, outcome, durationMs }) => {
    const { hostname, port, protocol } = new URL(origin);
    exchanges.observe(
      {
        http_request_method: knownHttpMethod(method),
        server_address: hostname,
        server_port: port || (protocol === 'https:' ? '443' : '80'),
        http_response_status_code: status === undefined ? '' : String(status),
        error_type: outcome === 'ok' ? '' : outcome,
      },
      durationMs / 1_000,
    );
  });
  on<{ priority: string; reason: string; count: number }>(
    'loyalnest:http:requests-refused',
    ({ priority, reason, count }) => refused.add({ priority, reason }, count),
  );
  on<{ published: number; failed: number }>(
    'loyalnest:outbox:published',
    ({ published: done, failed }) => {
      published.add({ outcome: 'published' }, done);
      if (failed > 0) published.add({ outcome: 'failed' }, failed);
    },
  );
  on<{ lost: number }>('loyalnest:outbox:lost', ({ lost }) =>
    published.add({ outcome: 'lost' }, lost),
  );
  on<{ consumer: string; applied: boolean }>('loyalnest:outbox:consumed', ({ consumer, applied }) =>
    consumed.add({ consumer, outcome: applied ? 'applied' : 'repeat' }),
  );
  on<{ fault: string }>('loyalnest:security:webhook-rejected', ({ fault }) =>
    webhooks.add({ fault }),
  );
}
