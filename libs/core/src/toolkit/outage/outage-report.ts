import { failureReason } from './failure-reason.js';

/** Takes the two lines; Nest's `Logger` is one. */
export interface OutageLogger {
  warn(line: string): void;
  log(line: string): void;
}

/** What is said of an outage. */
export interface OutageLines {
  /** The line at its beginning, which the reason follows: `Redis is unavailable`. */
  readonly begin: string;
  /** The line at its end: `Redis is available again`. */
  readonly end: string;
}

/** Logs one line when an outage begins and one when it ends, however many attempts fail in between. */
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
   * @param reason an error, or its text
   * @returns whether an outage begins with it
   */
  begin(reason: unknown): boolean {
    if (this.isOutage) return false;
    this.since = failureReason(reason);
    this.logger.warn(`${this.lines.begin}: ${this.since}`);
    return true;
  }

  /** @returns whether an outage ends with it */
  end(): boolean {
    if (!this.isOutage) return false;
    this.since = undefined;
    this.logger.log(this.lines.end);
    return true;
  }
}
