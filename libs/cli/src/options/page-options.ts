import type { Command } from 'commander';
import { numberOf } from './number-option.js';

export interface PageFlags {
  readonly limit?: string;
  readonly cursor?: string;
}

/** Adds `--limit` and `--cursor` to a command that prints a page. */
export function addPageOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'max number of entries to print')
    .option('--cursor <cursor>', 'continue after the previous page, which printed this cursor');
}

/** @throws OptionError that names the option */
export function pageOf({ limit, cursor }: PageFlags): {
  readonly limit?: number;
  readonly cursor?: string;
} {
  const max = numberOf('--limit', limit);
  return { ...(max !== undefined && { limit: max }), ...(cursor !== undefined && { cursor }) };
}
