export type Verdict = 'ok' | 'warn' | 'fail';

/** What one check has seen. */
export interface Finding {
  readonly check: string;
  /** A queue, or a server of Redis. */
  readonly subject: string;
  readonly verdict: Verdict;
  readonly seen: string;
  /** What to do about it; missing if all is well. */
  readonly remedy?: string;
}

/** Findings about one subject. */
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
