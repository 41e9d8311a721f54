import { OptionError } from '@loyalnest/core';
import { isDeepStrictEqual } from 'node:util';

interface SharedState<State> {
  readonly state: State;
  readonly declared: unknown;
}

/** States of one kind, such as breakers, that methods share by name. */
export class SharedStates<State> {
  private readonly byName = new Map<string, SharedState<State>>();

  constructor(
    private readonly noun: string,
    private readonly created: (state: State) => void = () => {},
  ) {}

  /**
   * Returns the state of that name and creates it on first use.
   *
   * @throws {@link OptionError} if it was declared elsewhere with different options
   */
  share(name: string, path: string, declared: unknown, create: () => State): State {
    const known = this.byName.get(name);
    if (known && !isDeepStrictEqual(known.declared, declared)) {
      throw new OptionError(
        path,
        declared,
        `the ${this.noun} '${name}' is already declared with different options; use the same options or another name`,
      );
    }
    if (known) return known.state;
    const state = create();
    this.created(state);
    this.byName.set(name, { state, declared });
    return state;
  }

  get(name: string): State | undefined {
    return this.byName.get(name)?.state;
  }

  /** The options that the state of that name was declared with. */
  declaredOf(name: string): unknown {
    return this.byName.get(name)?.declared;
  }

  all(): readonly State[] {
    return [...this.byName.values()].map(({ state }) => state);
  }
}
