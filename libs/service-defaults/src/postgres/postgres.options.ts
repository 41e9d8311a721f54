export interface PostgresModuleOptions {
  /** Address of the service's own database. */
  readonly url: string;
  /** Folder with the migrations that drizzle-kit generated. */
  readonly migrations: string;
  /** @defaultValue 10 */
  readonly maxConnections?: number;
}
