/** The outcome of a command. */
export interface CommandReceipt {
  /** Whether this application has the breaker and applied the command. */
  readonly applied: boolean;
  /**
   * `sent`: Redis published it to the other instances. `failed`: Redis did not accept it within 500
   * ms; give it again. `off`: it was not sent, because `CircuitBroadcastModule` is not imported.
   */
  readonly broadcast: 'sent' | 'failed' | 'off';
  /**
   * How many other instances received it; undefined unless it was sent. An instance that is
   * disconnected or not started yet does not receive it later: give the command again.
   */
  readonly reached: number | undefined;
}
