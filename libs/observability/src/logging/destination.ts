import { OptionError } from '@loyalnest/core';
import { destination, type DestinationStream } from 'pino';
import type { LoggingModuleOptions } from './logging.options.js';

/**
 * Where lines go. Standard output is written before the call returns, so that the last lines before
 * an exit are there.
 *
 * @throws OptionError if readable lines are asked for without the package `pino-pretty`
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
