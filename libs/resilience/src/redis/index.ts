// For your application
export { CircuitBroadcastModule } from './circuit-broadcast.module.js';
export { CircuitBroadcast } from './circuit-broadcast.js';

// Options
export type { CircuitBroadcastOptions } from './circuit-broadcast.options.js';
export type { CircuitCommand, CircuitCommandName } from './circuit-command.js';
export type { CommandReceipt } from './circuit-broadcast.js';

// Events
export { circuitCommandGiven, remoteCircuitStateChanged } from './broadcast.events.js';
export type { CircuitCommandGiven, RemoteCircuitStateChanged } from './broadcast.events.js';
