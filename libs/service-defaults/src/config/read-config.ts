import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigError } from './config.error.js';

const SECRET = /secret|pass|token|key|credential|ur[il]s?$|dsn$/i;

/**
 * Makes a config object of the variables; those that are unset or blank keep the class's defaults.
 *
 * @throws {@link ConfigError} with every variable that is missing or wrong; values of secrets and
 * addresses, which may hold passwords, are not shown
 */
export function readConfig<Config extends object>(
  type: new () => Config,
  environment: Readonly<Record<string, unknown>>,
): Config {
  const given = Object.entries(environment).filter(([, value]) => isSet(value));
  const config = plainToInstance(type, Object.fromEntries(given));
  const errors = validateSync(config, { whitelist: true });
  if (errors.length === 0) return config;
  throw new ConfigError(
    errors.map(({ property, constraints = {} }) => {
      const expected = Object.values(constraints).join(', ');
      return `${property}: ${describe(property, environment[property], expected)}`;
    }),
  );
}

function describe(name: string, value: unknown, expected: string): string {
  if (!isSet(value)) return `is not set; ${expected}`;
  const text = String(value);
  const mayBeShown = !SECRET.test(name) && !text.includes('://');
  if (mayBeShown) return `got '${text}'; ${expected}`;
  return `got a value that is not shown; ${expected.replaceAll(text, '…')}`;
}

function isSet(value: unknown): boolean {
  return value !== undefined && String(value).trim() !== '';
}
