import {
  isAddressPath,
  isDevelopmentSecret,
  isProduction,
  maskSecrets,
  SECRET_REMEDY,
  secrecyOfPath,
  secretsIn,
} from '@loyalnest/core/toolkit';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigError } from './config.error.js';
import type { CrossChecked } from './cross-check.js';

/**
 * Creates a config object from environment variables. Unset and blank variables keep the defaults
 * of the class.
 *
 * @throws {@link ConfigError} that lists every missing or invalid variable, and in production every
 * variable with a development secret. It never shows the values of secrets, nor of URLs, which may
 * contain passwords.
 */
export function readConfig<Config extends object & CrossChecked>(
  type: new () => Config,
  environment: Readonly<Record<string, unknown>>,
): Config {
  const given = Object.entries(environment).filter(([, value]) => isSet(value));
  const config = plainToInstance(type, Object.fromEntries(given));
  const errors = validateSync(config, { whitelist: true });
  const problems = errors.map(({ property, constraints = {} }) => {
    const expected = Object.values(constraints).join(', ');
    return `${property}: ${describe(property, environment[property], expected)}`;
  });
  const wrong = new Set(errors.map(({ property }) => property));
  const strict = isProduction({ ...process.env, ...environment } as NodeJS.ProcessEnv);
  for (const { variables, problem } of config.crossChecks?.(strict) ?? []) {
    const found = variables.some((name) => wrong.has(name)) ? undefined : problem();
    if (found !== undefined) problems.push(`${variables.join(', ')}: ${found}`);
  }
  if (strict) problems.push(...publicSecrets(config, wrong));
  if (problems.length > 0) throw new ConfigError(problems, environment);
  return config;
}

/** Variables that contain a secret which is published with this repository. */
function publicSecrets(config: object, wrong: ReadonlySet<string>): readonly string[] {
  return Object.entries(config)
    .filter(([name, value]) => {
      const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
      return !wrong.has(name) && secretsIn(name, text).some(isDevelopmentSecret);
    })
    .map(
      ([name]) =>
        `${name}: contains a development secret, which everybody knows; ${SECRET_REMEDY}, or set NODE_ENV=development`,
    );
}

function describe(name: string, value: unknown, expected: string): string {
  if (!isSet(value)) return `is not set; ${expected}`;
  const text = String(value);
  const mayHoldSecret =
    secrecyOfPath(name) !== undefined ||
    isAddressPath(name) ||
    text.includes('://') ||
    maskSecrets(name, text) !== text;
  if (!mayHoldSecret) return `got '${text}'; ${expected}`;
  return `got a value that is not shown; ${withoutValue(expected, text)}`;
}

/** A rule may repeat the value. A short one may also be a part of another word. */
function withoutValue(expected: string, value: string): string {
  if (value.length >= 4) return expected.replaceAll(value, '…');
  const literal = value.replace(/[^\w\s]/g, '\\$&');
  const alone = new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g');
  return expected.replace(alone, '…');
}

function isSet(value: unknown): boolean {
  return value !== undefined && String(value).trim() !== '';
}
