/** A rule for variables that are each valid alone but may conflict. */
export interface CrossCheck {
  readonly variables: readonly string[];
  /**
   * Returns what is wrong and how to fix it, without secret values; undefined if nothing is wrong.
   * Called only if each of the variables is valid by itself.
   */
  readonly problem: () => string | undefined;
}

/** A config class may check variables against each other. Problems go into the same report. */
export interface CrossChecked {
  /** @param isProduction whether `NODE_ENV` names an environment with real users */
  crossChecks?(isProduction: boolean): readonly CrossCheck[];
}
