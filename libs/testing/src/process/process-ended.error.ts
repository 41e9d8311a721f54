import { LoyalNestError } from '@loyalnest/core';

/** A process ended, or could not be started, while it was needed. */
export class ProcessEndedError extends LoyalNestError {
  readonly code = 'PROCESS_ENDED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(
    readonly processName: string,
    /** How it ended: `exit code 1`, `SIGKILL`, `spawn ENOENT`. */
    readonly ending: string,
    readonly lastLines: readonly string[],
  ) {
    super([`${processName} ended (${ending}). Its last lines:`, ...indented(lastLines)].join('\n'));
  }
}

function indented(lines: readonly string[]): string[] {
  return lines.length === 0 ? ['  (it wrote nothing)'] : lines.map((line) => `  ${line}`);
}
