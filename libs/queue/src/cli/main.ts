#!/usr/bin/env node
import { processIo } from './cli-io.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { run } from './run.js';

const interrupt = new AbortController();
let unwritten: ExitCode | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for the end of what goes on.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  });
}
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `loyalnest top | head` closes the pipe early: nobody reads on.
  if (error.code === 'EPIPE') return interrupt.abort();
  process.stderr.write(`loyalnest: the output cannot be written: ${error.message}\n`);
  unwritten = process.exitCode = EXIT.failed;
});
// A redrive that nobody watches any more goes on.
process.stderr.on('error', () => {});

const code = await run(process.argv.slice(2), processIo(interrupt.signal));
process.exitCode = unwritten ?? code;
