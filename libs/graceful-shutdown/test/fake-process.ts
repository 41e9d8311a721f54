import { ProcessControl, type ProcessEvent } from '@loyalnest/graceful-shutdown';

/** A process that is told of signals by the test and only notes that it should exit. */
export class FakeProcess extends ProcessControl {
  readonly exits: number[] = [];
  private readonly listeners = new Map<ProcessEvent, (value: unknown) => void>();

  constructor(private readonly isFirst = false) {
    super();
  }

  override get isInit(): boolean {
    return this.isFirst;
  }

  on(event: ProcessEvent, listener: (value: unknown) => void): void {
    this.listeners.set(event, listener);
  }

  off(event: ProcessEvent, listener: (value: unknown) => void): void {
    if (this.listeners.get(event) === listener) this.listeners.delete(event);
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  activeResources(): readonly string[] {
    return ['Timeout', 'TCPSocketWrap', 'Timeout'];
  }

  get events(): readonly ProcessEvent[] {
    return [...this.listeners.keys()];
  }

  send(event: ProcessEvent, value?: unknown): void {
    this.listeners.get(event)?.(value);
  }
}
