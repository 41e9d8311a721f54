import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigError } from './config.error.js';

const SECRET = /SECRET|PASSWORD|TOKEN|KEY|_URL$/;

/**
 * Makes a config object of the variables; those that are unset keep the class's defaults.
 *
 * @throws {@link ConfigError} with every variable that is missing or wrong; values of secrets and
 * addresses, which may hold passwords, are not shown
 */
export function readConfig<Config extends object>(
  type: new () => Config,
  environment: Readonly<Record<string, unknown>>,
): Config {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const config = plainToInstance(type, Object.fromEntries(given), { exposeDefaultValues: true });
  const errors = validateSync(config, { whitelist: true });
  if (errors.length === 0) return config;
  throw new ConfigError(
    errors.map(({ property, constraints = {} }) => {
      const expected = Object.values(constraints).join(', ');
      return `${property}: ${shown(property, environment[property])}; ${expected}`;
    }),
  );
}

function shown(name: string, value: unknown): string {
  if (value === undefined || value === '') return 'is not set';
  return SECRET.test(name) ? 'got a value that is not shown' : `got '${String(value)}'`;
}
