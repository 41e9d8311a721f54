import type { CircuitState } from '../circuit-breaker/circuit-state.js';
import type { CircuitStateChanged } from '../resilience.events.js';
import { isCommandName, type CircuitCommand } from '../operator/circuit-command.js';

interface Envelope {
  readonly version: 1;
  /** Unique to one application, which uses it to skip its own messages. */
  readonly sender: string;
  /** Name of the instance, for people. */
  readonly instance: string;
}

export type BroadcastMessage = Envelope &
  (
    | { readonly kind: 'transition'; readonly transition: Omit<CircuitStateChanged, 'app'> }
    | { readonly kind: 'command'; readonly command: CircuitCommand }
  );

/** Our messages are never longer. Longer ones are not parsed. */
const MAX_LENGTH = 16_384;

const STATES: Readonly<Record<CircuitState, true>> = {
  closed: true,
  open: true,
  'half-open': true,
  'forced-open': true,
  'forced-closed': true,
  'metrics-only': true,
};

/** The message in `text`; undefined if it is not a valid broadcast message. */
export function parseMessage(text: string): BroadcastMessage | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isMessage(message) ? message : undefined;
}

function isMessage(value: unknown): value is BroadcastMessage {
  if (!isRecord(value) || value['version'] !== 1) return false;
  if (typeof value['sender'] !== 'string' || typeof value['instance'] !== 'string') return false;
  if (value['kind'] === 'transition') return isTransition(value['transition']);
  return value['kind'] === 'command' && isCommand(value['command']);
}

function isTransition(value: unknown): boolean {
  return namesCircuit(value) && isState(value['from']) && isState(value['to']);
}

function isCommand(value: unknown): boolean {
  return namesCircuit(value) && isCommandName(value['command']) && typeof value['by'] === 'string';
}

function namesCircuit(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value) || typeof value['policy'] !== 'string') return false;
  return value['key'] === undefined || typeof value['key'] === 'string';
}

function isState(value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(STATES, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
