/** One measured figure and the bar that it has to stay below. */
export interface Figure {
  /** `topic/name` */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number;
  /** Whether the value must stay below the bar or above it. */
  readonly direction: '<=' | '>=';
}

/** A file of this folder named after its topic exports one of these as its default. */
export type Topic = () => Promise<readonly Figure[]>;
