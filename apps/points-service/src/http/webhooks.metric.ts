import { makeCounterProvider } from '@loyalnest/observability';

export const WEBHOOKS_TOTAL = 'loyalnest_webhooks_total';

/** Counts webhooks with a valid signature, by outcome. */
export const webhooksTotal = makeCounterProvider({
  name: WEBHOOKS_TOTAL,
  help: 'Webhooks received, by outcome: accepted, ignored, set-aside, duplicate',
  labelNames: ['outcome'],
});
