import { OptionError } from '@loyalnest/core';
import { isDeepStrictEqual } from 'node:util';

interface SharedState<State> {
  readonly state: State;
  readonly declared: unknown;
}

/** State of one kind that methods share by name, such as breakers. */
export class SharedStates<State> {
  private readonly byName = new Map<string, SharedState<State>>();

  constructor(
    private readonly noun: string,
    private readonly created: (state: State) => void = () => {},
  ) {}

  /**
   * The state of that name; made at the first request for it.
   *
   * @throws {@link OptionError} if it was declared elsewhere with other options
   */
  share(name: string, path: string, declared: unknown, create: () => State): State {
    const known = this.byName.get(name);
    if (known && !isDeepStrictEqual(known.declared, declared)) {
      throw new OptionError(
        path,
        declared,
        `the ${this.noun} '${name}' is declared elsewhere with other options; share one object or use another name`,
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

  /** What the state of that name was declared with. */
  declaredOf(name: string): unknown {
    return this.byName.get(name)?.declared;
  }

  all(): readonly State[] {
    return [...this.byName.values()].map(({ state }) => state);
  }
}
