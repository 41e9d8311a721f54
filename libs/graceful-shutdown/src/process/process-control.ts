/** What ends a process, or tells it to end. */
export type ProcessEvent = 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection';

/** The process as the shutdown sees it, so that tests need none of their own. */
export abstract class ProcessControl {
  /** Whether it is the first of its container: the kernel keeps from it what it does not handle. */
  get isInit(): boolean {
    return false;
  }

  abstract on(event: ProcessEvent, listener: (value: unknown) => void): void;
  abstract off(event: ProcessEvent, listener: (value: unknown) => void): void;
  /** Ends the process at once. */
  abstract exit(code: number): void;
  /** Kinds of what keeps the process alive, once for each. */
  abstract activeResources(): readonly string[];
}
