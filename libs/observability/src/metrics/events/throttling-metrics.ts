import type { MetricRegistry } from '../registry/metric-registry.js';
import type { EventSource } from '../../event-source.js';

interface RequestCounted {
  readonly limits: readonly string[];
  readonly refusedBy: readonly string[];
  readonly fallback: boolean;
}

/** What the limits of requests let in and refuse. Names of limits come from configuration. */
export function measureThrottling(registry: MetricRegistry, on: EventSource): void {
  const requests = registry.counter({
    name: 'loyalnest_throttling_requests_total',
    help: 'Requests that a limit let in, or refused; one that another limit refused is left out',
    labels: ['limit', 'outcome'],
  });
  const fallback = registry.counter({
    name: 'loyalnest_throttling_fallback_total',
    help: 'Requests that this process decided about by itself, as Redis was away',
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
