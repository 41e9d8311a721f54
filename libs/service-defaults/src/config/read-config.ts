import { isAddressPath, secrecyOfPath } from '@loyalnest/core/toolkit';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigError } from './config.error.js';
import type { CrossChecked } from './cross-check.js';

/**
 * Makes a config object of the variables; those that are unset or blank keep the class's defaults.
 *
 * @throws {@link ConfigError} with every variable that is missing or wrong; values of secrets and
 * addresses, which may hold passwords, are not shown
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
