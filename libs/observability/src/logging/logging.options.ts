import type { Clock } from '@loyalnest/core';
import type { DestinationStream, LevelWithSilent } from 'pino';

/** Options of `LoggingModule`. */
export interface LoggingModuleOptions {
  /** Name of the service. Every line has it. */
  readonly service: string;
  /** Version of the service. Every line has it. @defaultValue none */
  readonly version?: string;
  /** Level until `LogLevel` changes it. @defaultValue 'info' */
  readonly level?: LevelWithSilent;
  /**
   * Writes readable lines instead of JSON. Needs the package `pino-pretty`.
   *
   * @defaultValue true in a terminal if that package is installed and no `destination` is set, else
   * false
   */
  readonly pretty?: boolean;
  /**
   * Paths whose requests get no access line, including everything below them.
   *
   * @defaultValue ['/health', '/metrics']
   */
  readonly silentRoutes?: readonly string[];
  /** More field names to redact, in addition to the built-in ones. */
  readonly redact?: readonly string[];
  /** Where lines go. @defaultValue standard output, written synchronously */
  readonly destination?: DestinationStream;
  /** Time source for levels that were set for a duration. @defaultValue the system clock */
  readonly clock?: Clock;
}

/** Options of the endpoint. They are fixed when the module is declared. */
export interface LoggingEndpointOptions {
  /**
   * Serves `/debug/log-level`. Reading requires the role `view` of `AdminAccess`, changing
   * `operate`.
   *
   * @defaultValue false
   */
  readonly admin?: boolean;
}
