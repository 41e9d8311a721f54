import type { HealthObservation } from '@loyalnest/core';

const WORD = /^[a-z][a-z0-9_-]{0,63}$/i;

/**
 * Figures that are safe to publish: numbers, booleans and single words. Other text is hidden,
 * because it may be the message of an error, an address or a statement.
 */
export function publicFigures(
  observed: NonNullable<HealthObservation['observed']>,
): NonNullable<HealthObservation['observed']> {
  const entries = Object.entries(observed).map(([name, value]) => {
    const hidden = typeof value === 'string' && !WORD.test(value);
    return [name, hidden ? 'unspecified' : value] as const;
  });
  return Object.fromEntries(entries);
}
