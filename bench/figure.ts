/** A measured figure and the bar that it must meet. */
export interface Figure {
  /** `topic/name` */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number;
  /** Whether the value must stay below the bar or above it. */
  readonly direction: '<=' | '>=';
}

/** Each `<topic>.ts` in this folder exports one as its default. */
export type Topic = () => Promise<readonly Figure[]>;
