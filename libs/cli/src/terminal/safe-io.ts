import type { CliIo } from './cli-io.js';
import { printable } from './printable.js';

/**
 * The terminal as commands see it. Whatever they print, no control or invisible character from outside
 * reaches the terminal, and no credential reaches stderr.
 */
export interface SafeIo extends CliIo {
  /** Writes text with our own escape sequences to stdout. All else in it must be `printable`. */
  drawOut(text: string): void;
  /** The same for stderr. */
  drawErr(text: string): void;
}

/** @param hide masks the credentials of Redis */
export function safeIo(io: CliIo, hide: (text: string) => string): SafeIo {
  const { ask } = io;
  const members: Partial<SafeIo> = {
    out: (text) => io.out(printable(text)),
    err: (text) => io.err(printable(hide(text))),
    drawOut: (text) => io.out(text),
    drawErr: (text) => io.err(hide(text)),
    ...(ask && { ask: (question: string) => ask.call(io, printable(hide(question))) }),
  };
  // Inherits the other members, as some of them are getters.
  return Object.assign(Object.create(io) as SafeIo, members);
}
