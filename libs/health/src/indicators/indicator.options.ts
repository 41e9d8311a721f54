import type { HealthCheckDeclaration } from '../checks/health-source.js';

/** Options that every ready-made check has in addition to its own. */
export type IndicatorOptions = Partial<HealthCheckDeclaration>;

/** Declaration of a ready-made check. By default it is called `name` and is soft. */
export function declarationOf(
  name: string,
  { name: own = name, critical = false, group, failures, successes, timeout }: IndicatorOptions,
): HealthCheckDeclaration & { readonly critical: boolean } {
  return {
    name: own,
    critical,
    ...(group !== undefined && { group }),
    ...(failures !== undefined && { failures }),
    ...(successes !== undefined && { successes }),
    ...(timeout !== undefined && { timeout }),
  };
}
