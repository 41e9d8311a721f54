/** The part of BullMQ's job that a run needs. */
export interface RunnableJob {
  readonly id?: string | undefined;
  readonly name: string;
  readonly queueName: string;
  data: unknown;
  readonly opts: { readonly attempts?: number; readonly delay?: number };
  /** When it was added, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly attemptsMade: number;
  /** Runs that ended with their worker. */
  readonly stalledCounter: number;
  /** Failures so far. */
  readonly stacktrace?: readonly string[] | null;
  updateData(data: unknown): Promise<void>;
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
  moveToWait(token?: string): Promise<unknown>;
}
