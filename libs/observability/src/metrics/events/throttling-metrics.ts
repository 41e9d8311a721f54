import type { MetricRegistry } from '../registry/metric-registry.js';
import type { EventSource } from '../../event-source.js';

interface RequestCounted {
  readonly limits: readonly string[];
  readonly refusedBy: readonly string[];
  readonly fallback: boolean;
}

/** Counts the requests that limits allow and refuse. Names of limits come from configuration. */
export function measureThrottling(registry: MetricRegistry, on: EventSource): void {
  const requests = registry.counter({
    name: 'loyalnest_throttling_requests_total',
    help: 'Requests that a limit allowed or refused; not those that only another limit refused',
    labels: ['limit', 'outcome'],
  });
  const fallback = registry.counter({
    name: 'loyalnest_throttling_fallback_total',
    help: 'Requests that this process counted alone, because Redis was unavailable',
    labels: [],
  });

  on<RequestCounted>(
    'loyalnest:throttling:request',
    ({ limits, refusedBy, fallback: isFallback }) => {
      const isRefused = refusedBy.length > 0;
      const outcome = isRefused ? 'refused' : 'allowed';
      for (const limit of isRefused ? refusedBy : limits) requests.add({ limit, outcome });
      if (isFallback) fallback.add({});
    },
  );
}
