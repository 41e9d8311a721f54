import {
  currentContext,
  diagnostics,
  isLoyalNestError,
  type SpanAttributes,
} from '@loyalnest/core';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';

interface PolicyEvent {
  readonly policy: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly refused?: string;
  readonly handler?: string;
  readonly hedge?: number;
  readonly fault?: string;
  readonly attempt?: number;
  readonly delayMs?: number;
  readonly retryAfterMs?: number;
  readonly ageMs?: number;
  readonly error?: unknown;
}

/** Channels below `loyalnest:resilience:` whose events are noted, and what of each. */
const NOTED: Readonly<Record<string, (event: PolicyEvent) => SpanAttributes>> = {
  'attempt-failed': ({ attempt, delayMs }) => ({ attempt, delay_ms: whole(delayMs) }),
  'retry-budget-exhausted': ({ refused }) => ({ refused }),
  'circuit-state': ({ from, to }) => ({ from, to }),
  'call-rejected': ({ by, retryAfterMs }) => ({ by, retry_after_ms: whole(retryAfterMs) }),
  fallback: ({ handler }) => ({ handler }),
  'hedge-started': ({ hedge }) => ({ hedge }),
  'stale-served': ({ ageMs }) => ({ age_ms: whole(ageMs) }),
  'fault-injected': ({ fault }) => ({ fault }),
};

/** Notes what policies decide, as events on the span in which they decide it. */
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

function whole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}

function typeOf(error: unknown): string | undefined {
  if (isLoyalNestError(error)) return error.code;
  return error instanceof Error ? error.name : undefined;
}
