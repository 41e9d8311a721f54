import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { isProduction, wholeNumber } from '@loyalnest/core/toolkit';
import {
  resolveCheckOptions,
  type CheckPolicy,
  type HealthCheckOptions,
} from './checks/check-options.js';
import { resolveGroups, type GroupOptions } from './groups/group-options.js';
import type { DiskCheckOptions } from './indicators/disk-check.js';
import type { EventLoopCheckOptions } from './indicators/event-loop-check.js';
import type { MemoryCheckOptions } from './indicators/memory.options.js';

export interface HealthModuleOptions {
  /** Time from the end of one sample to the start of the next. At least 100 ms. @defaultValue '5s' */
  readonly interval?: Duration;
  /**
   * Time limit of a check, after which it counts as failed. At least 1 ms. @defaultValue '500ms'
   */
  readonly timeout?: Duration;
  /**
   * Failures in a row after which a check counts as down. While failures are being counted,
   * sampling is five times as frequent. From 1 to 20. @defaultValue 3
   */
  readonly failures?: number;
  /** Successes in a row after which a check counts as up again. From 1 to 20. @defaultValue 1 */
  readonly successes?: number;
  /**
   * Intervals without a sample after which the service is unready, for example because the event
   * loop is blocked. At least 2. @defaultValue 3
   */
  readonly staleAfter?: number;
  /** Overrides options of checks by name, including checks of other modules. @defaultValue none */
  readonly checks?: Readonly<Record<string, HealthCheckOptions>>;
  /**
   * Names of checks by group; each group has a page `/health/<group>`. The lists of `ready`,
   * `live`, `startup` and the topics (`database`, `redis`, `queues`, `memory`) replace their
   * defaults.
   * @defaultValue none
   */
  readonly groups?: GroupOptions;
  /**
   * Who sees the individual checks: everybody, callers to whom `AdminAccess` gives the role `view`,
   * or nobody. @defaultValue 'authorized' if NODE_ENV is production, otherwise 'always'
   */
  readonly details?: 'always' | 'authorized' | 'never';
  /** The memory check that every service has; false turns it off. @defaultValue 75 % and 90 % */
  readonly memory?: MemoryCheckOptions | false;
  /** The event loop check that every service has; false turns it off. @defaultValue 95 % busy */
  readonly eventLoop?: EventLoopCheckOptions | false;
  /** Adds a check of a file system. @defaultValue none */
  readonly disk?: DiskCheckOptions;
  /** Description of the service in `application/health+json`. @defaultValue nothing */
  readonly service?: ServiceInfo;
  /**
   * Port of a second HTTP server that serves only the health pages; 0 picks a free port.
   * @defaultValue none
   */
  readonly port?: number;
  /** Address of the second server. @defaultValue all addresses */
  readonly host?: string;
  /** Source of time. @defaultValue the machine's */
  readonly clock?: Clock;
}

/** How a service describes itself; fields of draft-inadarei-api-health-check. */
export interface ServiceInfo {
  readonly serviceId?: string;
  /** Version of the API. */
  readonly version?: string;
  /** Id of the build, such as a commit. */
  readonly releaseId?: string;
  readonly description?: string;
}

/** Resolved options: validated, with defaults filled in. */
export interface HealthPolicy {
  readonly intervalMs: number;
  /** Interval between samples while a check is undecided. */
  readonly confirmMs: number;
  readonly stalePeriods: number;
  readonly check: CheckPolicy;
  readonly checks: Readonly<Record<string, HealthCheckOptions>>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly details: 'always' | 'authorized' | 'never';
  /** Whether `authorized` was set explicitly, so that a missing `AdminAccess` is an error. */
  readonly needsAdminAccess: boolean;
  readonly service: ServiceInfo;
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly clock: Clock;
}

const DETAILS: readonly unknown[] = ['always', 'authorized', 'never'];
const MIN_INTERVAL_MS = 100;

/** @throws OptionError */
export function resolveHealthOptions(
  options: HealthModuleOptions,
  environment: NodeJS.ProcessEnv = process.env,
): HealthPolicy {
  const details = options.details ?? (isProduction(environment) ? 'authorized' : 'always');
  if (!DETAILS.includes(details)) {
    throw new OptionError(path('details'), details, "use 'always', 'authorized' or 'never'");
  }
  const { interval = '5s', staleAfter = 3, port } = options;
  const intervalMs = durationMs(path('interval'), interval, { minMs: MIN_INTERVAL_MS });
  const check = resolveCheckOptions('HealthModule', options, DEFAULTS);
  for (const [name, changed] of Object.entries(options.checks ?? {})) {
    resolveCheckOptions(path(`checks.${name}`), changed, check);
  }
  return {
    intervalMs,
    confirmMs: Math.max(MIN_INTERVAL_MS, intervalMs / 5),
    stalePeriods: wholeNumber(path('staleAfter'), staleAfter, { min: 2 }),
    check,
    checks: options.checks ?? {},
    groups: resolveGroups(path('groups'), options.groups ?? {}),
    details,
    needsAdminAccess: options.details === 'authorized',
    service: options.service ?? {},
    port: port === undefined ? port : wholeNumber(path('port'), port, { max: 65_535 }),
    host: options.host,
    clock: options.clock ?? new SystemClock(),
  };
}

const DEFAULTS: CheckPolicy = { critical: false, failures: 3, successes: 1, timeoutMs: 500 };

function path(name: string): string {
  return `HealthModule.${name}`;
}
