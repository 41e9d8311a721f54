import { makeCounterProvider } from '@loyalnest/observability';

export const WEBHOOKS_TOTAL = 'loyalnest_webhooks_total';

/** Webhooks with a right signature, by what became of them. */
export const webhooksTotal = makeCounterProvider({
  name: WEBHOOKS_TOTAL,
  help: 'Webhooks received, by outcome: accepted, ignored, rejected, duplicate',
  labelNames: ['outcome'],
});
