import { diagnostics } from '@loyalnest/core';
import type { CircuitStateChanged } from '../resilience.events.js';
import type { CircuitCommand } from './circuit-command.js';

/** A circuit of another instance changed its state. Nothing changes here because of it. */
export interface RemoteCircuitStateChanged extends CircuitStateChanged {
  /** Where it happened. */
  readonly instance: string;
}

/** A command reached this application, its own ones included. */
export interface CircuitCommandGiven extends CircuitCommand {
  /** Where it was given. */
  readonly instance: string;
  /** False: no breaker of that name and key exists here. */
  readonly applied: boolean;
}

export const remoteCircuitStateChanged = diagnostics<RemoteCircuitStateChanged>(
  'loyalnest:resilience:remote-circuit-state',
);
export const circuitCommandGiven = diagnostics<CircuitCommandGiven>(
  'loyalnest:resilience:operator-command',
);
