import type { CircuitCommand } from './circuit-command.js';

/** Sends commands to the other instances of the service, such as `CircuitBroadcast` over Redis. */
export interface CommandCarrier {
  /** Name of this instance, as the others see it. */
  readonly instance: string;

  /**
   * Sends the command, without a guarantee that it arrives. Never rejects.
   *
   * @returns how many other instances received it; undefined if unknown
   */
  carry(command: CircuitCommand): Promise<number | undefined>;
}
