import { isAddressPath, secrecyOfPath } from '@loyalnest/core/toolkit';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigError } from './config.error.js';
import type { CrossChecked } from './cross-check.js';

/**
 * Creates a config object from environment variables. Unset and blank variables keep the defaults
 * of the class.
 *
 * @throws {@link ConfigError} that lists every missing or invalid variable. It never shows the
 * values of secrets, nor of URLs, which may contain passwords.
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
  for (const { variables, problem } of config.crossChecks?.() ?? []) {
    const found = variables.some((name) => wrong.has(name)) ? undefined : problem();
    if (found !== undefined) problems.push(`${variables.join(', ')}: ${found}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function describe(name: string, value: unknown, expected: string): string {
  if (!isSet(value)) return `is not set; ${expected}`;
  const text = String(value);
  const mayHoldSecret =
    secrecyOfPath(name) !== undefined || isAddressPath(name) || text.includes('://');
  if (!mayHoldSecret) return `got '${text}'; ${expected}`;
  return `got a value that is not shown; ${expected.replaceAll(text, '…')}`;
}

function isSet(value: unknown): boolean {
  return value !== undefined && String(value).trim() !== '';
}
