import { PostgresServer } from '@loyalnest/testing';
import pg from 'pg';
import type { DatabasePlan } from './app-plan.js';
import { serverMember, type Member } from './member.js';
import { reasonOf, StartupError, withoutCredentials } from './startup.error.js';

export interface PostgresSource {
  /** By database name. */
  readonly urls: Readonly<Record<string, string>>;
  readonly description: string;
  /** Absent if the environment names all databases. */
  readonly member?: Member;
}

const CONNECT_WITHIN_MS = 3_000;

/**
 * Uses the databases that the environment names. For the others it starts one Postgres server, with a
 * database and a role for each.
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
  // A connection that breaks later must not crash the launcher.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } catch (error) {
    throw new StartupError(
      `${variable} is set to ${withoutCredentials(url)}, but connecting failed: ${reasonOf(error)}`,
      `Start that Postgres or correct the URL, or unset ${variable} (also in .env): the stack then starts its own Postgres.`,
      error,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
