import { EXIT, type ExitCode } from '../exit/exit-code.js';
import type { SafeIo } from '../terminal/safe-io.js';
import { jsonText } from '../terminal/json-text.js';
import { printable } from '../terminal/printable.js';
import { table, type Column } from '../terminal/table.js';
import type { Session } from './session.js';

/** Gives a command its session and its output. */
export class CliContext<Connected extends Session = Session> {
  constructor(
    readonly io: SafeIo,
    readonly session: Connected,
    /** Whether a program reads the output. */
    readonly json: boolean,
  ) {}

  /**
   * Prints a result: the document as JSON for programs, or the lines for people. Control characters
   * never reach the terminal.
   *
   * @param decorate adds our own escape sequences to lines that are already safe
   */
  show(
    document: object,
    lines: () => string,
    decorate: (safe: string) => string = (safe) => safe,
  ): void {
    if (this.json) this.io.out(jsonText(document));
    else this.io.drawOut(decorate(printable(lines())));
  }

  /** Whether to print in colour; see https://no-color.org. */
  get inColor(): boolean {
    const { isTerminal, env } = this.io;
    return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  }

  /** Prints a note to stderr, so that stdout holds only the result. */
  note(text: string): void {
    this.io.err(`${printable(text)}\n`);
  }

  /** A table that fits into the terminal. */
  table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
    return table(columns, rows, this.io.columns);
  }

  /**
   * Asks before a command changes something.
   *
   * @param yes whether the caller has confirmed with `--yes`
   * @returns undefined to continue, or the exit code to end with
   */
  async confirm(question: string, yes: boolean | undefined): Promise<ExitCode | undefined> {
    if (yes) return undefined;
    if (!this.io.ask) {
      this.note(`${question} Cannot ask without a terminal; pass --yes to confirm.`);
      return EXIT.usage;
    }
    const answer = await this.io.ask(`${printable(question)} [y/N] `).catch(() => '');
    if (/^y(es)?$/i.test(answer.trim())) return undefined;
    this.note('not confirmed; nothing was changed');
    return EXIT.interrupted;
  }
}
