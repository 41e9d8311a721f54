import { OptionError } from '@loyalnest/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js';
import { ResilienceRegistry } from '../resilience.registry.js';

/**
 * Makes every call to that dependency fail with `CircuitOpenError` until {@link release}.
 *
 * @param key selects one breaker of a policy with `key`; it exists after its first call
 * @throws {@link OptionError} for a name that no method declares
 */
export function forceOpen(
  app: Pick<INestApplicationContext, 'get'>,
  name: string,
  key?: string,
): void {
  breakerOf('forceOpen', app, name, key).force('forced-open');
}

/**
 * Ends a forced state: the circuit closes with an empty window.
 *
 * @throws {@link OptionError} for a name that no method declares
 */
export function release(
  app: Pick<INestApplicationContext, 'get'>,
  name: string,
  key?: string,
): void {
  breakerOf('release', app, name, key).release();
}

function breakerOf(
  path: string,
  app: Pick<INestApplicationContext, 'get'>,
  name: string,
  key: string | undefined,
): CircuitBreaker {
  const registry = app.get(ResilienceRegistry, { strict: false });
  const breaker = registry.get(name, key);
  if (breaker) return breaker;
  const known = registry.all().map(({ label }) => label);
  const asked = key === undefined ? name : `${name}[${key}]`;
  throw new OptionError(path, asked, `use one of the circuits: ${known.join(', ') || 'none yet'}`);
}
