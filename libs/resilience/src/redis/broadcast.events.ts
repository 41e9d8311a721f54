import { diagnostics } from '@loyalnest/core';
import type { CircuitStateChanged } from '../resilience.events.js';

/** A circuit of another instance changed its state. It changes nothing on this instance. */
export interface RemoteCircuitStateChanged extends CircuitStateChanged {
  /** The application that received the event, not the one that owns the circuit. */
  readonly app: string;
  /** The instance that owns the circuit. */
  readonly instance: string;
}

export const remoteCircuitStateChanged = diagnostics<RemoteCircuitStateChanged>(
  'loyalnest:resilience:remote-circuit-state',
);
