import {
  currentContext,
  diagnostics,
  isLoyalNestError,
  type SpanAttributes,
} from '@loyalnest/core';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { wholeMs, type PolicyEvent } from '../policy-event.js';

/** Attributes of span events, by channel below `loyalnest:resilience:`. */
const NOTED: Readonly<Record<string, (event: PolicyEvent) => SpanAttributes>> = {
  'attempt-failed': ({ attempt, delayMs }) => ({ attempt, delay_ms: wholeMs(delayMs) }),
  'retry-budget-exhausted': ({ refused }) => ({ refused }),
  'circuit-state': ({ from, to }) => ({ from, to }),
  'call-rejected': ({ by, retryAfterMs }) => ({ by, retry_after_ms: wholeMs(retryAfterMs) }),
  'result-not-counted': ({ reason }) => ({ reason }),
  fallback: ({ handler }) => ({ handler }),
  'hedge-started': ({ hedge }) => ({ hedge }),
  'stale-served': ({ ageMs }) => ({ age_ms: wholeMs(ageMs) }),
  'fault-injected': ({ fault }) => ({ fault }),
};

/** Adds what policies decide as events to the current span. */
@Injectable()
export class PolicyNotes implements OnModuleInit, OnModuleDestroy {
  private subscriptions: (() => void)[] = [];

  onModuleInit(): void {
    this.subscriptions = Object.entries(NOTED).map(([name, attributesOf]) =>
      diagnostics<PolicyEvent>(`loyalnest:resilience:${name}`).subscribe((event) =>
        currentContext()?.span?.addEvent(`resilience.${name.replaceAll('-', '_')}`, {
          policy: event.policy,
          ...attributesOf(event),
          ...('error' in event && { 'error.type': typeOf(event.error) }),
        }),
      ),
    );
  }

  onModuleDestroy(): void {
    for (const end of this.subscriptions) end();
  }
}

function typeOf(error: unknown): string | undefined {
  if (isLoyalNestError(error)) return error.code;
  return error instanceof Error ? error.name : undefined;
}
