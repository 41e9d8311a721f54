import { ProcessControl, type ProcessEvent } from './process-control.js';

/** The running process. */
export class SystemProcess extends ProcessControl {
  override get isInit(): boolean {
    return process.pid === 1;
  }

  on(event: ProcessEvent, listener: (value: unknown) => void): void {
    process.on(event, listener);
  }

  off(event: ProcessEvent, listener: (value: unknown) => void): void {
    process.off(event, listener);
  }

  exit(code: number): void {
    process.exit(code);
  }

  activeResources(): readonly string[] {
    return process.getActiveResourcesInfo();
  }
}
