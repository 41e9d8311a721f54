#!/usr/bin/env node
import { EXIT, type ExitCode } from './exit/exit-code.js';
import { run } from './run.js';
import { printable } from './terminal/printable.js';
import { processIo } from './terminal/cli-io.js';

const interrupt = new AbortController();
let unwritten: ExitCode | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second signal ends the process without waiting for the current step.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  });
}
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `loyalnest top | head` closes the pipe early.
  if (error.code === 'EPIPE') return interrupt.abort();
  process.stderr.write(`loyalnest: the output cannot be written: ${printable(error.message)}\n`);
  unwritten = process.exitCode = EXIT.failed;
});
// A redrive goes on when nobody reads its progress any more.
process.stderr.on('error', () => {});

const code = await run(process.argv.slice(2), processIo(interrupt.signal));
process.exitCode = unwritten ?? code;
