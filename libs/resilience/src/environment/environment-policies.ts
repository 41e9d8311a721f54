import type { PolicySet } from '../policy-set.js';
import { DEFAULT_FIELDS, POLICY_FIELDS, type EnvironmentField } from './environment-fields.js';

const DEFAULTS = 'CIRCUIT_BREAKER_';
const POLICIES = 'RESILIENCE_';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Policy options from environment variables: `CIRCUIT_BREAKER_<FIELD>` sets defaults, and
 * `RESILIENCE_<NAME>_<FIELD>` overrides the code for the dependency of that name. They change the
 * policies that a method has and never add one.
 */
export class EnvironmentPolicies {
  private readonly variables: Variables;
  private readonly used = new Set<string>();

  constructor(environment: Variables) {
    const ours = Object.entries(environment).filter(
      ([name, value]) =>
        (name.startsWith(DEFAULTS) || name.startsWith(POLICIES)) && value !== undefined,
    );
    this.variables = Object.fromEntries(ours);
  }

  /** @throws OptionError with the name of the variable */
  defaults(): PolicySet {
    return this.read(DEFAULTS, DEFAULT_FIELDS);
  }

  /**
   * Options of one dependency. `sms` and `points-service` are written `SMS` and `POINTS_SERVICE`.
   */
  of(dependency: string): PolicySet {
    const name = dependency.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase();
    return this.read(`${POLICIES}${name}_`, POLICY_FIELDS);
  }

  /** The overrides for the policies in `declared`. */
  overridesOf(dependency: string, declared: PolicySet): PolicySet {
    const all = Object.entries(this.of(dependency));
    return Object.fromEntries(all.filter(([kind]) => Object.hasOwn(declared, kind)));
  }

  /** Variables that match no dependency or no field. */
  unused(): readonly string[] {
    return Object.keys(this.variables).filter((name) => !this.used.has(name));
  }

  private read(prefix: string, fields: Readonly<Record<string, EnvironmentField>>): PolicySet {
    const found: Record<string, unknown> = {};
    for (const [suffix, { kind, option, read }] of Object.entries(fields)) {
      const variable = `${prefix}${suffix}`;
      const text = this.variables[variable];
      if (text === undefined) continue;
      this.used.add(variable);
      const value = read(variable, text);
      found[kind] =
        option === undefined ? value : { ...(found[kind] as object | undefined), [option]: value };
    }
    return found;
  }
}
