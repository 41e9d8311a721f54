import type { HealthStatus } from '@loyalnest/core';
import type { HealthCheck } from '../checks/health-check.js';

/** Combined health of one Nest module. */
export interface ModuleHealth {
  /** The worst status of its checks. A soft check that is down counts as degraded. */
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<string, HealthStatus>>;
}

const WORST_FIRST: readonly HealthStatus[] = ['down', 'degraded', 'up'];

/** Health of every Nest module that has a check, by module name. */
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
