const DEVELOPMENT: readonly string[] = ['', 'development', 'test'];

/**
 * Returns whether `NODE_ENV` names an environment with real users: anything but `development`, `test` or
 * nothing. A misspelt `prod` or a `staging` counts as production, so it gets no development secrets.
 */
export function isProduction(environment: NodeJS.ProcessEnv = process.env): boolean {
  return !DEVELOPMENT.includes((environment['NODE_ENV'] ?? '').trim().toLowerCase());
}
