import type { HealthCheckDeclaration } from '../checks/health-source.js';

/** What every ready-made check takes beside its own options. */
export type IndicatorOptions = Partial<HealthCheckDeclaration>;

/** The declaration of a ready-made check: soft unless told otherwise, with `name` as its default. */
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
