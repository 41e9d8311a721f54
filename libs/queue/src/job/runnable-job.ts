/** The part of BullMQ's `Job` that a run needs. */
export interface RunnableJob {
  readonly id?: string | undefined;
  readonly name: string;
  readonly queueName: string;
  data: unknown;
  readonly opts: { readonly attempts?: number; readonly delay?: number };
  /** When it was added, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly attemptsMade: number;
  /** Runs whose worker died or went silent. */
  readonly stalledCounter: number;
  /** Stack traces of the failures so far. */
  readonly stacktrace?: readonly string[] | null;
  updateData(data: unknown): Promise<void>;
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
  moveToWait(token?: string): Promise<unknown>;
}
