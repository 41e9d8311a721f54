import type { DestinationStream, LevelWithSilent } from 'pino';

export interface LoggingModuleOptions {
  /** Name of the service, on every line. */
  readonly service: string;
  readonly version?: string;
  /** @defaultValue 'info' */
  readonly level?: LevelWithSilent;
  /** Readable lines instead of JSON; needs the package `pino-pretty`. @defaultValue false */
  readonly pretty?: boolean;
  /** Routes without an access log line. @defaultValue those below /health, and /metrics */
  readonly silentRoutes?: readonly string[];
  /** More names of fields whose values are never logged. */
  readonly redact?: readonly string[];
  /** Where lines go. @defaultValue standard output, written at once */
  readonly destination?: DestinationStream;
}
