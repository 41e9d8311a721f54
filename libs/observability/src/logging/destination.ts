import { OptionError } from '@loyalnest/core';
import { destination, type DestinationStream } from 'pino';
import type { LoggingModuleOptions } from './logging.options.js';

/**
 * Opens the destination of lines. Standard output is written synchronously, so the last lines
 * before an exit are not lost.
 *
 * @throws OptionError if `pretty` is true and the package `pino-pretty` is missing
 */
export async function openDestination(
  { destination: given, pretty }: LoggingModuleOptions,
  isTerminal = process.stdout.isTTY,
): Promise<DestinationStream> {
  const stream = given ?? destination({ dest: 1, sync: true });
  const isWanted = pretty ?? (given === undefined && isTerminal);
  if (!isWanted) return stream;
  const write = await prettyWriter();
  if (write) return { write: (line) => stream.write(write(line)) };
  if (pretty === undefined) return stream;
  throw new OptionError('LoggingModule.pretty', true, 'install the package pino-pretty');
}

async function prettyWriter(): Promise<((line: string) => string) | undefined> {
  try {
    const { prettyFactory } = await import('pino-pretty');
    return prettyFactory({ singleLine: true, ignore: 'pid,hostname' });
  } catch {
    return undefined;
  }
}
