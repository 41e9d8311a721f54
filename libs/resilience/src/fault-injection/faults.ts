import { OptionError } from '@loyalnest/core';

export interface FaultsOptions {
  /** Allows arming faults when NODE_ENV is `production`. @defaultValue false */
  readonly allowInProduction?: boolean;
  /** Dependencies whose faults are armed from the start; `*` means all. @defaultValue none */
  readonly armed?: readonly string[];
}

const ALL = '*';

/**
 * Which dependencies get faults. None does until it is armed, and production refuses to arm unless
 * the module allows it.
 */
export class Faults {
  private readonly names: Set<string>;

  constructor(private readonly options: FaultsOptions = {}) {
    this.names = new Set();
    for (const name of options.armed ?? []) this.arm(name);
  }

  /**
   * @param name the dependency, or `*` for all
   * @throws {@link OptionError} in production, unless allowed
   */
  arm(name: string): void {
    if (process.env['NODE_ENV'] === 'production' && !this.options.allowInProduction) {
      throw new OptionError(
        'faults.armed',
        name,
        'faults cannot be armed in production; set faults.allowInProduction to allow it',
      );
    }
    this.names.add(name);
  }

  disarm(name: string): void {
    this.names.delete(name);
  }

  isArmed(name: string): boolean {
    return this.names.size > 0 && (this.names.has(name) || this.names.has(ALL));
  }
}
