/** A signal or an uncaught error that ends the process. */
export type ProcessEvent = 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection';

/** The process as the shutdown sees it. Extend it in tests, so that nothing has to exit. */
export abstract class ProcessControl {
  /** Whether it is PID 1 of its container. The kernel drops signals that PID 1 does not handle. */
  get isInit(): boolean {
    return false;
  }

  abstract on(event: ProcessEvent, listener: (value: unknown) => void): void;
  abstract off(event: ProcessEvent, listener: (value: unknown) => void): void;
  /** Exits immediately. */
  abstract exit(code: number): void;
  /** The types of the resources that keep the process alive, one entry for each resource. */
  abstract activeResources(): readonly string[];
}
