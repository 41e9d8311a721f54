import type { Duration } from '@loyalnest/core';

export interface PostgresModuleOptions {
  /** Connection URL of the service's own database. */
  readonly url: string;
  /** Folder with the migrations that drizzle-kit generated. */
  readonly migrations: string;
  /** Size of the pool; at least 1. @defaultValue 10 */
  readonly maxConnections?: number;
  /** How long a query may take before it fails. Does not apply to migrations. @defaultValue '5s' */
  readonly queryTimeout?: Duration;
}
