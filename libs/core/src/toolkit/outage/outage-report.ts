import { inspect } from 'node:util';

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
    this.since = textOf(reason);
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

/** Node gives no message to the error of a host with several addresses, of which none answers. */
function textOf(reason: unknown): string {
  if (typeof reason === 'string') return reason;
  if (!(reason instanceof Error)) return inspect(reason, { depth: 0, customInspect: false });
  if (reason.message !== '') return reason.message;
  const inner = reason instanceof AggregateError ? reason.errors.map(textOf) : [];
  return [...new Set(inner)].join(', ') || reason.name;
}
