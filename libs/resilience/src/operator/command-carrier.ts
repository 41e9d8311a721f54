import type { CircuitCommand } from './circuit-command.js';

/** Carries commands to the other instances of the service. The Redis companion is one. */
export interface CommandCarrier {
  /** Name of this instance, as the others see it. */
  readonly instance: string;

  /**
   * Passes the command on, without a promise that it arrives. Never rejects.
   *
   * @returns to how many other instances; undefined if nobody knows
   */
  carry(command: CircuitCommand): Promise<number | undefined>;
}
