import { isDevelopmentSecret } from './development-secrets.js';
import { isMadeOfPlaceholders } from './placeholder-words.js';

/** Minimum length of secrets that sign or authenticate. Random hex digits then have 64 bits. */
export const MIN_SECRET_LENGTH = 16;
/** A text with fewer different characters is a pattern, not a random text. */
const MIN_DISTINCT = 6;
const REPETITION = /^(.{1,64}?)\1+$/s;

/** How to make a strong secret. */
export const SECRET_REMEDY = 'generate one with: openssl rand -hex 32';

/**
 * Returns what makes a secret too weak for production, without showing it. Undefined for a secret that is
 * strong enough.
 */
export function secretWeakness(secret: string): string | undefined {
  if (isDevelopmentSecret(secret)) return 'is a development secret, which everybody knows';
  if (secret.length < MIN_SECRET_LENGTH) {
    return `has ${secret.length} characters; use at least ${MIN_SECRET_LENGTH}`;
  }
  const distinct = new Set(secret).size;
  if (distinct < MIN_DISTINCT) {
    return `has ${distinct} different characters; use at least ${MIN_DISTINCT}`;
  }
  if (isMadeOfPlaceholders(secret)) return 'is made of placeholder words; use a random text';
  return REPETITION.test(secret) ? 'repeats itself; use a random text' : undefined;
}
