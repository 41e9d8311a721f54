import type { HealthStatus } from '@loyalnest/core';
import type { HealthCheck } from '../checks/health-check.js';

/** What the checks of one Nest module come to. */
export interface ModuleHealth {
  /** The worst of its checks; that a soft one is down counts as degraded. */
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<string, HealthStatus>>;
}

const WORST_FIRST: readonly HealthStatus[] = ['down', 'degraded', 'up'];

/** Every Nest module that has a check, by its name. */
export function moduleReport(checks: readonly HealthCheck[]): Record<string, ModuleHealth> {
  const modules: Record<string, ModuleHealth> = {};
  for (const { name, source, policy, last } of checks) {
    if (!last) continue;
    const counted = last.status === 'down' && !policy.critical ? 'degraded' : last.status;
    const known = modules[source.module] ?? { status: 'up', checks: {} };
    modules[source.module] = {
      status: WORST_FIRST.find((status) => status === known.status || status === counted)!,
      checks: { ...known.checks, [name]: last.status },
    };
  }
  return modules;
}
