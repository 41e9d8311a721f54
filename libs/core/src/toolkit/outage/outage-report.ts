import { runOutsideContext } from '../async-context/outside-context.js';
import { failureReason } from './failure-reason.js';

/** Writes the two log lines. Nest's `Logger` fits. */
export interface OutageLogger {
  warn(line: string): void;
  log(line: string): void;
}

/** The log lines about an outage. */
export interface OutageLines {
  /** Logged when an outage begins, followed by the reason: `Redis is unavailable`. */
  readonly begin: string;
  /** Logged when it ends: `Redis is available again`. */
  readonly end: string;
}

/**
 * Logs one line when an outage begins and one when it ends, no matter how many attempts fail. An outage
 * belongs to the process, so the lines carry no request's context.
 */
export class OutageReport {
  private since: string | undefined;

  constructor(
    private readonly logger: OutageLogger,
    private readonly lines: OutageLines,
  ) {}

  /** Whether there is an outage now. */
  get isOutage(): boolean {
    return this.since !== undefined;
  }

  /**
   * Reports a failure.
   *
   * @param reason an error or a text
   * @returns whether an outage begins with this failure
   */
  begin(reason: unknown): boolean {
    if (this.isOutage) return false;
    this.since = failureReason(reason);
    runOutsideContext(() => this.logger.warn(`${this.lines.begin}: ${this.since}`));
    return true;
  }

  /**
   * Reports a success.
   *
   * @returns whether an outage ends with this success
   */
  end(): boolean {
    if (!this.isOutage) return false;
    this.since = undefined;
    runOutsideContext(() => this.logger.log(this.lines.end));
    return true;
  }
}
