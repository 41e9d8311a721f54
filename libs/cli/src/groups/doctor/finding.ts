/** `warn` needs attention; `fail` loses jobs or keeps them from running. */
export type Verdict = 'ok' | 'warn' | 'fail';

/** The result of one check. */
export interface Finding {
  readonly check: string;
  /** A queue, a prefix, or a Redis server. */
  readonly subject: string;
  readonly verdict: Verdict;
  readonly seen: string;
  /** How to fix it; missing if the verdict is `ok`. */
  readonly remedy?: string;
}

/** Collects the findings about one subject. */
export class Findings {
  readonly all: Finding[] = [];

  constructor(private readonly subject: string) {}

  ok(check: string, seen: string): void {
    this.all.push({ check, subject: this.subject, verdict: 'ok', seen });
  }

  warn(check: string, seen: string, remedy: string): void {
    this.all.push({ check, subject: this.subject, verdict: 'warn', seen, remedy });
  }

  fail(check: string, seen: string, remedy: string): void {
    this.all.push({ check, subject: this.subject, verdict: 'fail', seen, remedy });
  }
}
