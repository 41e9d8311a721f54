/** Variables that can be right one by one and wrong together. */
export interface CrossCheck {
  readonly variables: readonly string[];
  /**
   * What is wrong and what to do, without values of secrets; undefined if nothing is. Asked only
   * when each of the variables is right by itself.
   */
  readonly problem: () => string | undefined;
}

/** Config classes may check variables against each other; it goes into the same report. */
export interface CrossChecked {
  crossChecks?(): readonly CrossCheck[];
}
