import type { Duration } from '@loyalnest/core';

export interface PostgresModuleOptions {
  /** Address of the service's own database. */
  readonly url: string;
  /** Folder with the migrations that drizzle-kit generated. */
  readonly migrations: string;
  /** At least 1. @defaultValue 10 */
  readonly maxConnections?: number;
  /** How long a query may take before it fails; migrations have no such limit. @defaultValue '5s' */
  readonly queryTimeout?: Duration;
}
