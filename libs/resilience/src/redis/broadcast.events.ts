import { diagnostics } from '@loyalnest/core';
import type { CircuitStateChanged } from '../resilience.events.js';

/** A circuit of another instance changed its state. Nothing changes here because of it. */
export interface RemoteCircuitStateChanged extends CircuitStateChanged {
  /** The application that heard of it, not the one whose circuit it is. */
  readonly app: string;
  /** Where it happened. */
  readonly instance: string;
}

export const remoteCircuitStateChanged = diagnostics<RemoteCircuitStateChanged>(
  'loyalnest:resilience:remote-circuit-state',
);
