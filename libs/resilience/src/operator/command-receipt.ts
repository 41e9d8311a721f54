/** What became of a command. */
export interface CommandReceipt {
  /** Whether this application has the breaker and has followed. */
  readonly applied: boolean;
  /**
   * `sent` to the other instances; `failed`: Redis did not take it within 500 ms, so give it again;
   * `off`: nothing carries it, because `CircuitBroadcastModule` is not imported.
   */
  readonly broadcast: 'sent' | 'failed' | 'off';
  /**
   * How many other instances it was passed on to; undefined unless it was sent. An instance that is
   * cut off or not started yet does not get it later: give the command again.
   */
  readonly reached: number | undefined;
}
