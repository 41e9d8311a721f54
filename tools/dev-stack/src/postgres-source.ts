import { PostgresServer } from '@loyalnest/testing';
import pg from 'pg';
import type { DatabasePlan } from './app-plan.js';
import { serverMember, type Member } from './member.js';
import { reasonOf, StartupError, withoutCredentials } from './startup.error.js';

export interface PostgresSource {
  /** By name of the database. */
  readonly urls: Readonly<Record<string, string>>;
  readonly description: string;
  /** Absent where all databases are given. */
  readonly member?: Member;
}

const CONNECT_WITHIN_MS = 3_000;

/**
 * The databases that the environment names, and for those that it does not one server of our own
 * with a database and a role each.
 */
export async function provideDatabases(
  plans: readonly DatabasePlan[],
  env: NodeJS.ProcessEnv,
): Promise<PostgresSource> {
  const given = plans.filter((plan) => env[plan.variable]);
  await Promise.all(given.map((plan) => requireAnswer(plan.variable, env[plan.variable]!)));
  const urls = Object.fromEntries(given.map((plan) => [plan.name, env[plan.variable]!]));
  const missing = plans.filter((plan) => !given.includes(plan));
  const names = (some: readonly DatabasePlan[]): string => some.map(({ name }) => name).join(', ');
  if (missing.length === 0) return { urls, description: `${names(plans)} as given` };

  const server = await PostgresServer.start();
  try {
    for (const { name } of missing) {
      urls[name] = await server.createDatabase(name, { owner: name, password: name });
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    urls,
    description: `${server.host}:${server.port} (started here; databases ${names(missing)})`,
    member: serverMember('Postgres', server),
  };
}

async function requireAnswer(variable: string, url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: CONNECT_WITHIN_MS,
  });
  // A connection that breaks later must not end the launcher.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } catch (error) {
    throw new StartupError(
      `${variable} is set to ${withoutCredentials(url)}, which refuses: ${reasonOf(error)}`,
      `Start that Postgres or correct the URL, or unset ${variable} (see .env too): a Postgres of its own is started then.`,
      error,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
