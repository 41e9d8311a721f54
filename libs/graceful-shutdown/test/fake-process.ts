import { ProcessControl, type ProcessEvent } from '@loyalnest/graceful-shutdown';

/** A process that gets its signals from the test and only records its exits. */
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
