import type { Diagnostics } from '@loyalnest/core';
import { Observable } from 'rxjs';
import {
  attemptFailed,
  callRejected,
  circuitStateChanged,
  faultInjected,
  fellBack,
  hedgeStarted,
  operatorCommanded,
  resultNotCounted,
  retryBudgetExhausted,
  staleServed,
} from '../resilience.events.js';

const CHANNELS = {
  'circuit-state': circuitStateChanged,
  'attempt-failed': attemptFailed,
  'retry-budget-exhausted': retryBudgetExhausted,
  'call-rejected': callRejected,
  'result-not-counted': resultNotCounted,
  'hedge-started': hedgeStarted,
  'stale-served': staleServed,
  fallback: fellBack,
  'fault-injected': faultInjected,
  'operator-command': operatorCommanded,
};

type EventOf<Channel> = Channel extends Diagnostics<infer Event> ? Event : never;

/** An event of a policy; `type` says which one. */
export type ResilienceEvent = {
  [Type in keyof typeof CHANNELS]: { readonly type: Type } & EventOf<(typeof CHANNELS)[Type]>;
}[keyof typeof CHANNELS];

/** The events of all policies of the process, starting at the subscription. */
export const resilienceEvents$ = new Observable<ResilienceEvent>((subscriber) => {
  const ends = Object.entries(CHANNELS).map(([type, channel]) =>
    (channel as Diagnostics<object>).subscribe((event) =>
      subscriber.next({ type, ...event } as ResilienceEvent),
    ),
  );
  return () => {
    for (const end of ends) end();
  };
});
