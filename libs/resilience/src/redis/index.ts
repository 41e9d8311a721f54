// For your application
export { CircuitBroadcastModule } from './circuit-broadcast.module.js';
export { CircuitBroadcast } from './circuit-broadcast.js';

// Options
export type { CircuitBroadcastOptions } from './circuit-broadcast.options.js';
export type { CircuitCommand, CircuitCommandName } from '../operator/circuit-command.js';
export type { CommandReceipt } from '../operator/command-receipt.js';

// Events
export { remoteCircuitStateChanged } from './broadcast.events.js';
export type { RemoteCircuitStateChanged } from './broadcast.events.js';
