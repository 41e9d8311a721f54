import type { CliIo } from './cli-io.js';
import type { CliSession } from './cli-session.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { table, type Column } from './table.js';

/** What a command works with. */
export class CliContext {
  constructor(
    readonly io: CliIo,
    readonly session: CliSession,
    /** Whether a program reads the output. */
    readonly json: boolean,
  ) {}

  /** One document for programs, or lines for people. */
  show(document: object, lines: () => string): void {
    this.io.out(this.json ? jsonText(document) : lines());
  }

  /** See https://no-color.org. */
  get inColor(): boolean {
    const { isTerminal, env } = this.io;
    return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  }

  /** Something to know that is no result. */
  note(text: string): void {
    this.io.err(`${text}\n`);
  }

  table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
    return table(columns, rows, this.io.columns);
  }

  /** Whether to go on: a person is asked, a program has to have said so. */
  async confirm(question: string, yes: boolean | undefined): Promise<ExitCode | undefined> {
    if (yes) return undefined;
    if (!this.io.ask) {
      this.note(`${question} Say --yes where nobody can be asked.`);
      return EXIT.usage;
    }
    const answer = await this.io.ask(`${question} [y/N] `).catch(() => '');
    if (/^y(es)?$/i.test(answer.trim())) return undefined;
    this.note('nothing was done');
    return EXIT.interrupted;
  }
}

/** Characters that a terminal would take for commands are escaped. */
function jsonText(document: object): string {
  const text = JSON.stringify(document, undefined, 2);
  return `${text.replace(/[\u007f-\u009f]/g, escaped)}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
