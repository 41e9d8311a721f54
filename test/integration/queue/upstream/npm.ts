import { execFile } from 'node:child_process';

const TIMEOUT_MS = 40_000;

/**
 * Runs npm and returns what it prints.
 *
 * @throws Error that says what npm could not do, and why
 */
export function npm(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const command = [...args, '--fetch-retries=1', '--fetch-retry-mintimeout=500', '--no-fund'];
  return new Promise((resolve, reject) => {
    execFile('npm', command, { env: outsideOf(env), timeout: TIMEOUT_MS }, (error, out, err) => {
      if (!error) return resolve(out);
      const reason = err.trim() || error.message;
      reject(
        new Error(
          `npm ${args.join(' ')} failed, so the peers cannot be checked. This spec needs a package ` +
            `registry: see whether "npm ping" reaches one.\n${reason}`,
        ),
      );
    });
  });
}

/** `npm test` tells its children which project they belong to; this npm works elsewhere. */
function outsideOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^npm_(?:package_|lifecycle_|config_(?:local_prefix|prefix)$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)));
}
