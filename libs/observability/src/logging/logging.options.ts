import type { Clock } from '@loyalnest/core';
import type { DestinationStream, LevelWithSilent } from 'pino';

export interface LoggingModuleOptions {
  /** Name of the service, on every line. */
  readonly service: string;
  /** On every line. @defaultValue none */
  readonly version?: string;
  /** What is logged until `LogLevel` says otherwise. @defaultValue 'info' */
  readonly level?: LevelWithSilent;
  /**
   * Readable lines instead of JSON; needs the package `pino-pretty`.
   *
   * @defaultValue true in a terminal with that package and without a `destination`, else false
   */
  readonly pretty?: boolean;
  /**
   * Routes without an access line, and what lies below them.
   *
   * @defaultValue ['/health', '/metrics']
   */
  readonly silentRoutes?: readonly string[];
  /** More names of fields whose values are never logged, besides those that are known. */
  readonly redact?: readonly string[];
  /** Where lines go. @defaultValue standard output, written at once */
  readonly destination?: DestinationStream;
  /** By which a level ends that was set for a time. @defaultValue the system's */
  readonly clock?: Clock;
}

/** What decides about the endpoint; fixed when the module is declared. */
export interface LoggingEndpointOptions {
  /**
   * Serves `/debug/log-level`, which asks `AdminAccess` for the role `view`, and `operate` to change
   * it. @defaultValue false
   */
  readonly admin?: boolean;
}
