#!/usr/bin/env node
import { processIo } from './cli-io.js';
import { EXIT } from './exit-code.js';
import { run } from './run.js';

const interrupt = new AbortController();
const stop = (): void => {
  // Whoever asks twice does not want to wait for the end of what goes on.
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort();
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// `loyalnest dlq list | head` closes the pipe early.
process.stdout.on('error', () => process.exit(EXIT.ok));

process.exitCode = await run(process.argv.slice(2), processIo(interrupt.signal));
