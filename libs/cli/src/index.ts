// Run the command line inside another process
export { run } from './run.js';
export { EXIT } from './exit/exit-code.js';
export type { ExitCode } from './exit/exit-code.js';
export { processIo } from './terminal/cli-io.js';
export type { CliIo } from './terminal/cli-io.js';

// Errors
export { RedisUnreachableError } from './connection/redis-unreachable.error.js';
